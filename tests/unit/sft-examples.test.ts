/** Examples of supervised training: which turn is learned from, what becomes of long ones, and checkpoints of versions before. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Stage } from "#shared/schema/recipe.ts";
import { hashConfig } from "#main/engine/training/training-state.ts";
import { encodeExamples, overlongMessage } from "#main/core/examples/encode-examples.ts";
import { heldOutIndexes } from "#main/core/examples/hold-out.ts";
import { divideExamples } from "#main/engine/stages/session/divided-examples.ts";
import { configHash } from "#main/engine/stages/session/config-hash.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import { formatFixture, readExpected, readTemplates } from "../fixtures/formats/read-expected.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

function tokenizerWith(name: string): Tokenizer {
  const [base, template] = readTemplates()[name] ?? ["", ""];
  const folder = temporaryFolder();
  cpSync(formatFixture(base), folder, { recursive: true });
  writeFileSync(join(folder, "chat_template.jinja"), template);
  return loadTokenizer(folder);
}

const plain = {
  max_length: 1024,
  truncation_mode: "keep_start",
  mask_history: false,
  assistant_only_loss: true,
} as const;
const chatml = tokenizerWith("chatml");
const short = [
  { role: "user", content: "What is 2 + 3?" },
  { role: "assistant", content: "It is 5." },
];
const long = [
  { role: "user", content: "What is 2 + 3?" },
  { role: "assistant", content: "Two and three and nothing else. ".repeat(20) },
];
const [wholeShort] = encodeExamples(chatml, [short], plain).examples;
const [wholeLong] = encodeExamples(chatml, [long], plain).examples;
const limit = wholeShort?.ids.length ?? 0;

test("a long example is cut to its first max_length tokens, as TRL's keep_start", () => {
  const options = { ...plain, max_length: limit };
  const encoded = encodeExamples(chatml, [short, long], options);
  expect(encoded).toMatchObject({ tooLong: 1, leftOut: 0 });
  expect(encoded.examples).toEqual([
    wholeShort,
    { ids: wholeLong?.ids.slice(0, limit), mask: wholeLong?.mask.slice(0, limit) },
  ]);
  expect(overlongMessage(encoded, 2, options)).toBe(
    `1 of 2 examples are longer than max_length (${limit} tokens): 1 are cut to their first ${limit} tokens, so they do not end.`,
  );
});

test("a long example is left out where that is chosen", () => {
  const options = { ...plain, max_length: limit, truncation_mode: "drop" } as const;
  const encoded = encodeExamples(chatml, [short, long], options);
  expect(encoded).toMatchObject({ examples: [wholeShort], tooLong: 1, leftOut: 1 });
  expect(overlongMessage(encoded, 2, options)).toBe(
    `1 of 2 examples are longer than max_length (${limit} tokens) and are left out (truncation_mode drop).`,
  );
});

test("an example of whose answer nothing is left teaches nothing and is left out, as in TRL", () => {
  const options = { ...plain, max_length: wholeLong?.mask.indexOf(1) ?? 0 };
  const encoded = encodeExamples(chatml, [long], options);
  expect(encoded).toMatchObject({ examples: [], tooLong: 1, leftOut: 1 });
  expect(overlongMessage(encoded, 1, options)).toContain("1 are left out, since nothing");
  expect(overlongMessage({ tooLong: 0, leftOut: 0 }, 1, plain)).toBeNull();
});

const turns = [
  ...short,
  { role: "user", content: "And 4 + 4?" },
  { role: "assistant", content: "It is 8." },
];

function learnedText(options: Partial<typeof plain> & { completion_only_loss?: boolean }): string {
  const [example] = encodeExamples(chatml, [turns], { ...plain, ...options }).examples;
  return chatml.decode(example?.ids.filter((_, i) => example.mask[i] === 1) ?? []);
}

test("what is learned: the answers, the last answer, what the last question leaves, or everything", () => {
  expect(learnedText({})).toBe("It is 5.<|im_end|>It is 8.<|im_end|>");
  expect(learnedText({ completion_only_loss: true })).toBe("It is 8.<|im_end|>");
  const off = { assistant_only_loss: false } as object;
  // What the template writes after the answer belongs to the completion, as in TRL.
  expect(learnedText({ ...off, completion_only_loss: true })).toBe("It is 8.<|im_end|>\n");
  const [whole] = encodeExamples(chatml, [turns], { ...plain, ...off }).examples;
  expect(learnedText(off)).toBe(chatml.decode(whole?.ids ?? []));
});

test("without assistant_only_loss an answer of weight 0 is refused, and so is a completion that is not there", () => {
  const [question, answer] = short;
  if (question === undefined || answer === undefined) throw new Error("no turns");
  const all = { ...plain, assistant_only_loss: false };
  const weighed = [question, { ...answer, trained: false as const }, ...turns.slice(2)];
  expect(() => encodeExamples(chatml, [weighed], all)).toThrow(/weight 0/u);
  expect(() =>
    encodeExamples(chatml, [turns.slice(0, 3)], { ...all, completion_only_loss: true }),
  ).toThrow(/does not end with an answer/u);
});

test("a share is held out by the seed, and no prompt stands on both sides", () => {
  const conversations = Array.from({ length: 40 }, (_, i) => [
    { role: "user", content: `What is ${i % 20}?` },
    { role: "assistant", content: `${i}` },
  ]);
  const held = heldOutIndexes(conversations, 0.1, 3);
  expect(held).toHaveLength(4);
  for (const i of held) expect(held).toContain((i + 20) % 40);
  expect(heldOutIndexes(conversations, 0.1, 3)).toEqual(held);
  expect(heldOutIndexes(conversations, 0.1, 4)).not.toEqual(held);
  expect(() => heldOutIndexes(conversations.slice(0, 1), 0.1, 3)).toThrow(/none is left/u);
});

test("conversations whose template rewrites earlier turns train on the last one with mask_history", () => {
  const qwen = tokenizerWith("thinking");
  const messages = (readExpected().conversations["thinking"] ?? []).flatMap(({ role, content }) =>
    typeof content === "string" ? [{ role, content }] : [],
  );
  expect(() => encodeExamples(qwen, [messages], plain)).toThrow(
    expect.objectContaining({ advice: expect.stringContaining("mask_history: true") }),
  );
  const [example] = encodeExamples(qwen, [messages], { ...plain, mask_history: true }).examples;
  const learned = example?.ids.filter((_, i) => example.mask[i] === 1) ?? [];
  expect(qwen.decode(learned)).toBe("<think>\none more\n</think>\n\n43<|im_end|>");
});

test("eval_data is measured on whole, all of the data is learned from, and what they share is said", () => {
  const asks = (question: string) => [{ role: "user", content: question }, ...short.slice(1)];
  const learned = ["What is 2 + 3?", "What is 1 + 4?"].map(asks);
  const options = { ...plain, eval_steps: 2, test_size: 0.5 };
  const apart = divideExamples(chatml, { learned, measured: [asks("And 0 + 5?")] }, options, 1);
  expect(apart.learned).toEqual(encodeExamples(chatml, learned, plain).examples);
  expect(apart.measured).toEqual(encodeExamples(chatml, [asks("And 0 + 5?")], plain).examples);
  expect(apart.alarm).toBe(null);
  // White space and capitals are no other question.
  const measured = [asks("what is  1 + 4?"), asks("And 0 + 5?")];
  expect(divideExamples(chatml, { learned, measured }, options, 1).alarm).toMatchObject({
    code: "train-test-overlap",
    message: expect.stringContaining("1 of 2 examples"),
  });
  // Half of two is held out where nothing else is named.
  const share = divideExamples(chatml, { learned, measured: null }, options, 1);
  expect([share.learned, share.measured].map(({ length }) => length)).toEqual([1, 1]);
  const tooLong = { ...options, max_length: limit, truncation_mode: "drop" as const };
  expect(() => divideExamples(chatml, { learned, measured: [long] }, tooLong, 1)).toThrow(
    "2 are there to learn from and 0 are held out",
  );
});

test("a checkpoint of a version without these options still fits, and one with other options does not", () => {
  const old = {
    name: "cold",
    kind: "sft",
    model: "base",
    data: { dataset: "x.jsonl" },
    max_steps: 3,
  };
  const stage = Stage.parse({ ...old, truncation_mode: "drop" });
  // As 0.1.0 hashed it: the parsed options, which had neither truncation_mode nor mask_history.
  const later = new Set([
    "truncation_mode",
    "mask_history",
    "assistant_only_loss",
    "loss_type",
    "eval_on_start",
    "test_size",
    "load_best_model_at_end",
  ]);
  const before = Object.fromEntries(
    Object.entries(Stage.options[1].parse(stage)).filter(([name]) => !later.has(name)),
  );
  expect(configHash({ stage, seed: 4 })).toBe(hashConfig({ stage: before, seed: 4 }));
  expect(configHash({ stage: Stage.parse(old), seed: 4 })).not.toBe(configHash({ stage, seed: 4 }));
});
