import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { IncrementalDecoder } from "#main/core/text/incremental-decode.ts";
import { tokenSpans } from "#main/core/text/token-spans.ts";
import { z } from "zod";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { formatFixture, readExpected } from "../fixtures/formats/read-expected.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const expected = readExpected();

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe.each(Object.keys(expected.tokenizers))("the %s tokenizer", (name) => {
  const tokenizer = loadTokenizer(formatFixture(name));
  const rows = expected.tokenizers[name] ?? [];

  test("gives transformers' ids for every string", () => {
    expect(rows.length).toBe(expected.strings.length);
    const ours = expected.strings.map((text) => tokenizer.encode(text));
    expect(ours).toEqual(rows.map(([ids]) => ids));
  });

  test("decodes to transformers' text, with and without special tokens", () => {
    for (const [i, [ids, decoded, visible]] of rows.entries()) {
      const text = decoded ?? expected.strings[i];
      expect(tokenizer.decode(ids)).toBe(text);
      expect(tokenizer.decode(ids, { skipSpecialTokens: true })).toBe(visible ?? text);
    }
  });

  test("decoded token by token, gives the same text in whole characters", () => {
    for (const skipSpecialTokens of [false, true]) {
      for (const [ids] of rows) {
        const decoder = new IncrementalDecoder(tokenizer, { skipSpecialTokens });
        const pieces = ids.map((id) => decoder.push(id));
        for (const piece of pieces) expect(piece).not.toMatch(/\uFFFD$/);
        expect(pieces.join("") + decoder.end()).toBe(tokenizer.decode(ids, { skipSpecialTokens }));
      }
    }
  });
});

test("the word-level tokenizer of the recorded trajectories gives transformers' ids", () => {
  // WordLevel on white space: id = the number after t, unknown words are <unk> = 1, special tokens are 0, 1, 2.
  const folder = join(
    import.meta.dirname,
    "../fixtures/reference/grpo-trajectories/grpo-qwen2/model",
  );
  const tokenizer = loadTokenizer(folder);
  expect(tokenizer.encode("t3 t4  t61\nzz t9 <eos>")).toEqual([3, 4, 61, 1, 9, 2]);
  expect(tokenizer.decode([3, 61, 2], { skipSpecialTokens: true })).toBe("t3 t61");
  expect(tokenizer.vocabSize).toBe(64);
  expect(tokenizer.eosTokenIds).toEqual([2]);
  expect(tokenizer.padTokenId).toBe(0);
});

test("an emoji spread over several tokens comes out once, whole", () => {
  const tokenizer = loadTokenizer(formatFixture("qwen"));
  const ids = tokenizer.encode("a👍🏽b");
  const decoder = new IncrementalDecoder(tokenizer);
  const pieces = ids.map((id) => decoder.push(id)).filter((piece) => piece !== "");
  expect(ids.length).toBeGreaterThan(4);
  expect(pieces).toEqual(["a", "👍🏽", "b"]);
});

test("a character cut off at the end of the sequence becomes one replacement character", () => {
  const tokenizer = loadTokenizer(formatFixture("qwen"));
  const ids = tokenizer.encode("ok 𝔘").slice(0, -1);
  const decoder = new IncrementalDecoder(tokenizer);
  const streamed = ids.map((id) => decoder.push(id)).join("");
  expect(streamed).toBe("ok ");
  expect(decoder.end()).toBe("\uFFFD");
});

test("bytes that are no UTF-8 become a replacement character each in a byte-fallback tokenizer, as in Rust's", () => {
  const tokenizer = loadTokenizer(formatFixture("llama2"));
  const bytes = ["<0xF0>", "<0x9F>"].map((token) => tokenizer.idOf(token) ?? -1);
  expect(tokenizer.decode(bytes)).toBe("\uFFFD\uFFFD");
});

test("token spans cover the text from end to end", () => {
  const tokenizer = loadTokenizer(formatFixture("smollm"));
  const text = "7 * 6 = 42, déjà 你好 <|im_end|>";
  const spans = tokenSpans(tokenizer, text, tokenizer.encode(text)) ?? [];
  const end = new TextEncoder().encode(text).length;
  const starts = spans.map(([start]) => start);
  expect([...starts, end]).toEqual([0, ...spans.map(([, after]) => after)]);
});

test("special tokens are told from ordinary added ones", () => {
  const tokenizer = loadTokenizer(formatFixture("qwen"));
  const [end, tool] = [tokenizer.idOf("<|im_end|>"), tokenizer.idOf("<tool>")];
  expect(tokenizer.isSpecial(end ?? -1)).toBe(true);
  expect(tokenizer.isSpecial(tool ?? -1)).toBe(false);
  expect(tokenizer.idOf("no such token")).toBeUndefined();
  expect(tokenizer.eosTokenIds).toEqual([end]);
});

test("ids outside the vocabulary are passed over in decoding", () => {
  const tokenizer = loadTokenizer(formatFixture("qwen"));
  const ids = tokenizer.encode("hi");
  expect(tokenizer.decode([...ids, 999_999])).toBe("hi");
  expect(tokenizer.decode([])).toBe("");
});

test("the end-of-sequence ids of generation_config.json stop a completion too", () => {
  const folder = folderWith({
    "tokenizer.json": readFileSync(formatFixture("qwen/tokenizer.json"), "utf8"),
    "tokenizer_config.json": readFileSync(formatFixture("qwen/tokenizer_config.json"), "utf8"),
    "generation_config.json": JSON.stringify({ eos_token_id: [420, 421] }),
  });
  const tokenizer = loadTokenizer(folder);
  expect(tokenizer.eosTokenIds).toEqual([420, 421, 422]);
});

test("the end-of-sequence ids of config.json stop a completion beside those of generation_config.json", () => {
  const folder = folderWith({
    "tokenizer.json": readFileSync(formatFixture("qwen/tokenizer.json"), "utf8"),
    "generation_config.json": JSON.stringify({ eos_token_id: 420 }),
    "config.json": JSON.stringify({ eos_token_id: [420, 421] }),
  });
  expect(loadTokenizer(folder).eosTokenIds).toEqual([420, 421]);
});

test("added tokens that only tokenizer_config.json lists are known", () => {
  const folder = folderWith({
    "tokenizer.json": readFileSync(formatFixture("qwen/tokenizer.json"), "utf8"),
    "tokenizer_config.json": JSON.stringify({
      eos_token: { content: "<|im_end|>", lstrip: false },
      added_tokens_decoder: { "425": { content: "<|stop|>", special: true } },
    }),
  });
  const tokenizer = loadTokenizer(folder);
  expect(tokenizer.encode("x<|stop|>").at(-1)).toBe(425);
  expect(tokenizer.decode([425], { skipSpecialTokens: true })).toBe("");
});

const addedSchema = z.object({
  texts: z.array(z.string()),
  tokens: z.array(
    z.object({ token: z.looseObject({ id: z.int() }), ids: z.array(z.array(z.int())) }),
  ),
});

// expected.json: what tokenizers 0.23.3 gives for each text when the tokenizer has the named added token.
describe("an added token is found as in the Rust library", () => {
  const read = (file: string): string =>
    readFileSync(formatFixture(`added-tokens/${file}`), "utf8");
  const expected = addedSchema.parse(JSON.parse(read("expected.json")));

  test.each(expected.tokens)("with $token", ({ token, ids }) => {
    const description = z
      .looseObject({ added_tokens: z.array(z.looseObject({ id: z.int() })) })
      .parse(JSON.parse(read("tokenizer.json")));
    const added_tokens = description.added_tokens.map((one) => (one.id === token.id ? token : one));
    const text = JSON.stringify({ ...description, added_tokens });
    const tokenizer = loadTokenizer(folderWith({ "tokenizer.json": text }));
    expect(expected.texts.map((one) => tokenizer.encode(one))).toEqual(ids);
  });
});

test("an ordinary added token of a file that leaves normalized out is looked for after normalizing", () => {
  const qwen: unknown = JSON.parse(readFileSync(formatFixture("qwen/tokenizer.json"), "utf8"));
  const { added_tokens, ...rest } = z
    .looseObject({ added_tokens: z.array(z.unknown()) })
    .parse(qwen);
  const added = { id: 425, content: "e\u0301t" };
  const tokenizer = loadTokenizer(
    folderWith({
      "tokenizer.json": JSON.stringify({ ...rest, added_tokens: [...added_tokens, added] }),
    }),
  );
  // NFC composes e and its accent in both, so either spelling is the token.
  expect(tokenizer.encode("\u00e9t")).toEqual([425]);
  expect(tokenizer.encode("e\u0301t")).toEqual([425]);
});

describe("a tokenizer that cannot be read says so", () => {
  test("where the folder is missing", () => {
    expect(() => loadTokenizer("/nowhere/at/all")).toThrow(
      expect.objectContaining({ code: "NOT_FOUND" }),
    );
  });

  test("where there is no tokenizer.json, naming what there is", () => {
    const folder = folderWith({ "tokenizer.model": "" });
    expect(() => loadTokenizer(folder)).toThrow(
      expect.objectContaining({
        code: "BAD_TOKENIZER",
        message: expect.stringContaining("only tokenizer.model"),
        advice: expect.stringContaining("save_pretrained"),
      }),
    );
  });

  test.each([
    ["cut off", '{"model": {"type": "BPE", "vocab": {"a": 0', "not valid JSON"],
    ["without a model", "{}", "model"],
    ["with a negative id", '{"model":{"type":"BPE","vocab":{"a":-1},"merges":[]}}', "vocab"],
    [
      "with an unknown part",
      '{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"Oracle"}}',
      "Oracle",
    ],
  ])("where tokenizer.json is %s", (_, text, part) => {
    const folder = folderWith({ "tokenizer.json": text });
    expect(() => loadTokenizer(folder)).toThrow(
      expect.objectContaining({ code: "BAD_TOKENIZER", message: expect.stringContaining(part) }),
    );
  });
});
