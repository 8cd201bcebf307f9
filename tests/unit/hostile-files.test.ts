/** Files that want to harm: each is a clear error, within two seconds and 200 MB. */
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { importGguf } from "#main/core/formats/gguf/gguf-import.ts";
import { openSafetensors } from "#main/core/formats/safetensors.ts";
import { renderTemplate } from "#main/core/text/templates/chat-template.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { Random } from "#main/platform/random.ts";
import { AppError } from "#shared/errors.ts";
import { formatFixture } from "../fixtures/formats/read-expected.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const root = temporaryFolder();
const MOST_BYTES = 200e6;

/** What the work is refused with. Its two seconds are over when it is not refused in them. */
function refusal(work: () => unknown): AppError {
  const startedMs = performance.now();
  const outcome = outcomeOf(work);
  if (performance.now() - startedMs > 2000) throw new Error("it took longer than two seconds");
  if (outcome instanceof AppError) return outcome;
  throw outcome instanceof Error ? outcome : new Error("it was not refused");
}

/** What the work throws; undefined where it goes through. Throws where the process's peak lies 200 MB above its start. */
function outcomeOf(work: () => unknown): unknown {
  const startedBytes = process.memoryUsage.rss();
  let outcome: unknown;
  try {
    work();
  } catch (error) {
    outcome = error;
  }
  // maxRSS is the peak until now, in kilobytes.
  const took = process.resourceUsage().maxRSS * 1024 - startedBytes;
  if (took > MOST_BYTES) throw new Error(`it took ${Math.round(took / 1e6)} MB`);
  return outcome;
}

const HUGE = 2n ** 63n;

/** Little-endian fields one after the other: [bits, value], or a text with its length before it. */
function fields(...parts: readonly (readonly [32 | 64, number | bigint] | string)[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === "string") {
        const text = Buffer.from(part);
        return Buffer.concat([fields([64, text.length]), text]);
      }
      const [bits, value] = part;
      const bytes = Buffer.alloc(bits / 8);
      if (bits === 32) bytes.writeUInt32LE(Number(value));
      else bytes.writeBigUInt64LE(BigInt(value));
      return bytes;
    }),
  );
}

const gguf = (tensors: number | bigint, entries: number | bigint, ...rest: Buffer[]): Buffer =>
  Buffer.concat([Buffer.from("GGUF"), fields([32, 3], [64, tensors], [64, entries]), ...rest]);
const STRING = 8;
const ARRAY = 9;
const tensor = (
  name: string,
  type: number,
  offset: number | bigint,
  ...shape: (number | bigint)[]
): Buffer =>
  fields(
    name,
    [32, shape.length],
    ...shape.map((length) => [64, length] as const),
    [32, type],
    [64, offset],
  );

function importBytes(bytes: Uint8Array, name = "hostile"): void {
  const file = join(root, `${name}.gguf`);
  writeFileSync(file, bytes);
  importGguf({ file, folder: join(root, `${name}-out`) });
}

describe("a GGUF file", () => {
  test.each<readonly [string, Buffer, RegExp]>([
    ["with 2^63 tensors", gguf(HUGE, 0), /number of tensors is 9223372036854775808/],
    ["with 2^63 metadata entries", gguf(0, HUGE), /metadata entries is 9223372036854775808/],
    ["with more entries than it has bytes", gguf(0, 60_000), /cut off/],
    ["with a name of 2^63 bytes", gguf(0, 1, fields([64, HUGE])), /length of the name/],
    [
      "with a text of 2^63 bytes",
      gguf(0, 1, fields("a", [32, STRING], [64, HUGE])),
      /length of metadata entry "a"/,
    ],
    [
      "with a list of 2^63 numbers",
      gguf(0, 1, fields("a", [32, ARRAY], [32, 4], [64, HUGE])),
      /length of metadata entry "a" is 9223372036854775808/,
    ],
    [
      "with lists of lists, which could go round in a cycle",
      gguf(0, 1, fields("a", [32, ARRAY], [32, ARRAY], [64, 1], [32, ARRAY], [64, 1])),
      /lists of lists/,
    ],
    ["with an entry of an unknown type", gguf(0, 1, fields("a", [32, 77])), /unknown type 77/],
    [
      "with an entry twice",
      gguf(0, 2, fields("a", [32, 4], [32, 1], "a", [32, 4], [32, 1])),
      /twice/,
    ],
    [
      "with a tensor twice",
      gguf(2, 0, tensor("t", 0, 0, 1), tensor("t", 0, 32, 1), Buffer.alloc(99)),
      /twice/,
    ],
    ["with a tensor of 2^63 rows", gguf(1, 0, tensor("t", 0, 0, HUGE)), /dimension of tensor "t"/],
    [
      "with a tensor whose dimensions overflow together",
      gguf(1, 0, tensor("t", 0, 0, 2n ** 40n, 2n ** 40n, 2n ** 40n, 2n ** 40n)),
      /elements/,
    ],
    [
      "with a negative offset",
      gguf(1, 0, tensor("t", 0, 2n ** 64n - 32n, 4)),
      /offset of tensor "t"/,
    ],
    ["with an offset beyond its end", gguf(1, 0, tensor("t", 0, 2 ** 40, 4)), /cut off/],
    [
      "with tensors that overlap",
      gguf(2, 0, tensor("t", 0, 0, 64), tensor("u", 0, 32, 64), Buffer.alloc(1000)),
      /"u" overlaps/,
    ],
    [
      "with a tensor of 2^32 - 1 dimensions",
      gguf(1, 0, fields("t", [32, 2 ** 32 - 1])),
      /dimensions/,
    ],
    [
      "with half a block",
      gguf(1, 0, tensor("t", 8, 0, 33), Buffer.alloc(99)),
      /whole number of Q8_0 blocks/,
    ],
    [
      "with a type that is not read",
      gguf(1, 0, tensor("t", 16, 0, 256), Buffer.alloc(99)),
      /type 16/,
    ],
    [
      "with an alignment of 0",
      gguf(0, 1, fields("general.alignment", [32, 4], [32, 0])),
      /alignment is 0/,
    ],
    [
      "with 4 billion layers",
      gguf(
        1,
        6,
        fields(
          ...["general.architecture", [32, STRING] as const, "llama"],
          ...["block_count", "embedding_length", "attention.head_count"].flatMap((key) => [
            `llama.${key}`,
            [32, 4] as const,
            [32, 2 ** 32 - 1] as const,
          ]),
          ...["feed_forward_length", "context_length"].flatMap((key) => [
            `llama.${key}`,
            [32, 4] as const,
            [32, 8] as const,
          ]),
        ),
        tensor("token_embd.weight", 0, 0, 8, 8),
        Buffer.alloc(400),
      ),
      /num_hidden_layers|hidden_size/,
    ],
  ])("%s is refused", (_what, bytes, message) => {
    const error = refusal(() => importBytes(bytes));
    expect(error.message).toMatch(message);
    expect(error.advice ?? error.message).not.toBe("");
  });

  test("cut off at any of 200 places is refused", () => {
    const whole = readFileSync(formatFixture("gguf/llama.gguf"));
    const random = new Random(31);
    for (let i = 0; i < 200; i++) {
      const length = random.int(0, whole.length - 1);
      expect(refusal(() => importBytes(whole.subarray(0, length), "cut")).code).toMatch(
        /^BAD_|^UNKNOWN_/,
      );
    }
  });

  test("with a few wrong bytes anywhere is read or refused, and never more", () => {
    const whole = readFileSync(formatFixture("gguf/qwen2.gguf"));
    const random = new Random(32);
    let refused = 0;
    for (let i = 0; i < 200; i++) {
      const bytes = Buffer.from(whole);
      // Mostly in the header, where it hurts.
      for (let k = 0; k < 4; k++) bytes[random.int(0, 12_000)] = random.int(0, 255);
      const outcome = outcomeOf(() => importBytes(bytes, "wrong"));
      expect(outcome === undefined || outcome instanceof AppError, String(outcome)).toBe(true);
      if (outcome !== undefined) refused += 1;
    }
    expect(refused).toBeGreaterThan(20);
  });
});

describe("a safetensors file", () => {
  const withHeader = (json: string, data = 0): Buffer =>
    Buffer.concat([fields([64, json.length]), Buffer.from(json), Buffer.alloc(data)]);
  const entry = (shape: string, offsets: string): string =>
    `{"t":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}}`;

  test.each<readonly [string, Buffer, RegExp]>([
    [
      "with a header of 2^63 bytes",
      fields([64, HUGE], [64, 0]),
      /claims 9223372036854775808 bytes/,
    ],
    ["with 2^63 elements", withHeader(entry("[9223372036854775808]", "[0,4]"), 4), /malformed/],
    [
      "with dimensions that overflow together",
      withHeader(entry("[4294967296,4294967296,4294967296]", "[0,4]"), 4),
      /takes/,
    ],
    ["with a negative offset", withHeader(entry("[1]", "[-4,0]"), 4), /malformed/],
    [
      "with an offset beyond its end",
      withHeader(entry("[1]", "[4000,4004]"), 4),
      /belong to no tensor|cut off/,
    ],
    [
      "with tensors that overlap",
      withHeader(
        `{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"u":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}`,
        12,
      ),
      /overlaps/,
    ],
    ["with a header nested a million deep", withHeader("[".repeat(1_000_000)), /not JSON/],
    ["with 20 MB of names", withHeader(`{"${"a".repeat(20_000_000)}":1}`), /claims .* bytes/],
  ])("%s is refused", (_what, bytes, message) => {
    const file = join(root, "hostile.safetensors");
    writeFileSync(file, bytes);
    expect(refusal(() => openSafetensors(file)).message).toMatch(message);
  });

  test("cut off at any of 200 places is refused", () => {
    const whole = readFileSync(formatFixture("gguf/llama.safetensors"));
    const file = join(root, "cut.safetensors");
    const random = new Random(33);
    for (let i = 0; i < 200; i++) {
      writeFileSync(file, whole.subarray(0, random.int(0, whole.length - 1)));
      expect(refusal(() => openSafetensors(file)).code).toBe("BAD_CHECKPOINT");
    }
  });
});

const smollm = loadTokenizer(formatFixture("smollm"));

describe("a chat template", () => {
  test.each([
    ["that loops a billion times", "{% for i in range(1000000000) %}x{% endfor %}"],
    [
      "with loops in loops",
      "{% for i in range(10000) %}{% for j in range(10000) %}{% for k in range(10000) %}{% endfor %}{% endfor %}{% endfor %}",
    ],
    ["that writes 1 GB", "{% for i in range(10000) %}{{ 'x' ~ messages[0].content }}{% endfor %}"],
    [
      "that doubles a text again and again",
      "{% set ns = namespace(s='xxxxxxxx') %}{% for i in range(40) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
    ],
    [
      "that replaces each letter by all of them",
      "{% set a = messages[0].content %}{{ a | replace('a', a) | replace('a', a) }}",
    ],
    [
      "that replaces by a method",
      "{% set a = messages[0].content %}{{ a.replace('a', a).replace('a', a) }}",
    ],
    ["that indents by a billion", "{{ messages[0].content | indent(1000000000) }}"],
    ["that joins by a long text", "{{ range(10000) | join(messages[0].content) }}"],
    ["that calls itself", "{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}"],
    [
      "that doubles a list",
      "{% set ns = namespace(s=[1,2,3,4]) %}{% for i in range(40) %}{% set ns.s = ns.s + ns.s %}{% endfor %}",
    ],
    [
      "nested a hundred thousand deep",
      "{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}",
    ],
    ["of 2 MB", "x".repeat(2_000_000)],
  ])("%s is refused", (_what, template) => {
    const messages = [{ role: "user", content: "a".repeat(10_000) }];
    const error = refusal(() => renderTemplate(smollm, template, messages));
    expect(error.message).toMatch(/chat template/);
  });

  test("of a long honest conversation is written", () => {
    const template =
      "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content.replace('\\r', '') | trim }}<|im_end|>\n{% endfor %}";
    const messages = Array.from({ length: 2000 }, () => ({
      role: "user",
      content: "word ".repeat(200),
    }));
    expect(renderTemplate(smollm, template, messages)).toHaveLength(2000 * (12 + 5 + 999 + 11));
  });
});

describe("a tokenizer.json", () => {
  const honest: Record<string, unknown> = JSON.parse(
    readFileSync(join(formatFixture("smollm"), "tokenizer.json"), "utf8"),
  );
  function changed(change: object): string {
    const folder = join(root, "tokenizer");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "tokenizer.json"), JSON.stringify({ ...honest, ...change }));
    return folder;
  }

  test("with a pattern that does not end is refused when it meets a text that it does not end with", () => {
    const folder = changed({
      pre_tokenizer: {
        type: "Split",
        pattern: { Regex: "(a+)+$" },
        behavior: "Isolated",
        invert: false,
      },
    });
    const tokenizer = loadTokenizer(folder);
    expect(tokenizer.encode("ab").length).toBeGreaterThan(0);
    const error = refusal(() => tokenizer.encode(`${"a".repeat(60)}!`));
    expect(error.message).toMatch(/did not come to an end/);
  });

  test("whose replacements write 1 GB is refused", () => {
    const blow = { type: "Replace", pattern: { String: "a" }, content: "a".repeat(1000) };
    const folder = changed({ normalizer: { type: "Sequence", normalizers: [blow, blow, blow] } });
    expect(refusal(() => loadTokenizer(folder)).message).toMatch(/thousand times/);
  });

  test("nested a hundred thousand deep is refused", () => {
    const folder = changed({});
    const deep = `${'{"type":"Sequence","pretokenizers":['.repeat(100_000)}${"]}".repeat(100_000)}`;
    const text = JSON.stringify({ ...honest, pre_tokenizer: null }).replace(
      '"pre_tokenizer":null',
      `"pre_tokenizer":${deep}`,
    );
    writeFileSync(join(folder, "tokenizer.json"), text);
    expect(refusal(() => loadTokenizer(folder)).code).toBe("BAD_TOKENIZER");
  });

  test("of 60 MB is refused unread", () => {
    const folder = changed({});
    truncateSync(join(folder, "tokenizer.json"), 60_000_000);
    expect(refusal(() => loadTokenizer(folder)).message).toMatch(/60000000 bytes/);
  });
});
