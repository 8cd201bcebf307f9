/** Examples of supervised training: which turn is learned from, what becomes of long ones, and checkpoints of versions before. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Stage } from "#shared/schema/recipe.ts";
import { hashConfig } from "#main/engine/training/training-state.ts";
import { encodeExamples, overlongMessage } from "#main/core/examples/encode-examples.ts";
import { configHash } from "#main/engine/stages/session/stage-session.ts";
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

const plain = { max_length: 1024, truncation_mode: "keep_start", mask_history: false } as const;
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
  const { truncation_mode: _, mask_history: __, ...before } = Stage.options[1].parse(stage);
  expect(configHash({ stage, seed: 4 })).toBe(hashConfig({ stage: before, seed: 4 }));
  expect(configHash({ stage: Stage.parse(old), seed: 4 })).not.toBe(configHash({ stage, seed: 4 }));
});
