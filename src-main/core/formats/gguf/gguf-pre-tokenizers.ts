/**
 * How a text is cut before the merges, by the name in `tokenizer.ggml.pre`: llama.cpp's table (llama-vocab.cpp),
 * written as the tokenizer.json of the models that carry the name.
 */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { GgufFile } from "./gguf.ts";

export interface PreTokenizer {
  readonly normalizer: object | null;
  readonly preTokenizer: object;
  /** Whether a piece that is a token is taken whole, whatever the merges say. */
  readonly ignoreMerges: boolean;
  /** Whether a text begins with the BOS token where the file does not say (add_bos_token). */
  readonly addsBos: boolean;
}

const QWEN2 =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const LLAMA3 = QWEN2.replace("|\\p{N}|", "|\\p{N}{1,3}|");

const UNNAMED = [
  "[\\p{P}\\$\\+<=>\\^~\\|]+",
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)",
  "\\p{N}+",
  "[0-9][0-9][0-9]",
] as const;

/** Every pattern of this file: none of them can loop. */
export const KNOWN_PATTERNS: readonly string[] = [QWEN2, LLAMA3, ...UNNAMED];

function byteLevel(useRegex: boolean): object {
  return {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: !useRegex,
    use_regex: useRegex,
  };
}

function sequence(...pretokenizers: readonly object[]): object {
  return { type: "Sequence", pretokenizers };
}

function split(pattern: string): object {
  return { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
}

const gpt2: PreTokenizer = {
  normalizer: null,
  preTokenizer: byteLevel(true),
  ignoreMerges: false,
  addsBos: false,
};
const smollm: PreTokenizer = {
  normalizer: null,
  preTokenizer: sequence({ type: "Digits", individual_digits: true }, byteLevel(true)),
  ignoreMerges: false,
  addsBos: false,
};
const qwen2: PreTokenizer = {
  normalizer: { type: "NFC" },
  preTokenizer: sequence(split(QWEN2), byteLevel(false)),
  ignoreMerges: false,
  addsBos: false,
};
const llama3: PreTokenizer = {
  normalizer: null,
  preTokenizer: sequence(split(LLAMA3), byteLevel(false)),
  ignoreMerges: true,
  addsBos: true,
};
/** For files that were converted before pre-tokenizers had names. */
const unnamed: PreTokenizer = {
  normalizer: null,
  preTokenizer: sequence(...UNNAMED.map(split), byteLevel(false)),
  ignoreMerges: false,
  addsBos: false,
};

const BY_NAME: ReadonlyMap<string, PreTokenizer> = new Map([
  ["gpt-2", gpt2],
  ["smollm", smollm],
  ["starcoder", smollm],
  ["refact", smollm],
  ["codeshell", smollm],
  ["command-r", smollm],
  ["qwen2", qwen2],
  ["deepseek-r1-qwen", qwen2],
  ["llama3", llama3],
  ["llama-v3", llama3],
  ["llama-bpe", llama3],
  ["falcon3", llama3],
  ["default", unnamed],
]);

/** The name for an architecture's own tokenizer, where a file gives none. */
const BY_ARCHITECTURE: ReadonlyMap<string, PreTokenizer> = new Map([
  ["qwen2", qwen2],
  ["qwen3", qwen2],
]);

/** @throws AppError BAD_TOKENIZER for names that are not in the table */
export function preTokenizerNamed(gguf: GgufFile): PreTokenizer {
  const name = gguf.value("tokenizer.ggml.pre");
  if (name === undefined) {
    return BY_ARCHITECTURE.get(String(gguf.value("general.architecture"))) ?? unnamed;
  }
  const found = typeof name === "string" ? BY_NAME.get(name) : undefined;
  if (found !== undefined) return found;
  throw new AppError(
    "BAD_TOKENIZER",
    `${gguf.file}: Gradus does not know the pre-tokenizer "${String(name)}".`,
    `It knows ${[...BY_NAME.keys()].join(", ")}. Fetch the model's safetensors from the hub instead.`,
  );
}

const shapeSchema = z.looseObject({
  type: z.string(),
  individual_digits: z.boolean().optional(),
  use_regex: z.boolean().optional(),
  add_prefix_space: z.boolean().optional(),
  pattern: z.looseObject({ Regex: z.string() }).optional(),
  behavior: z.string().optional(),
  pretokenizers: z.array(z.unknown()).optional(),
});

/** What decides how a pre-tokenizer cuts, as a text that can be compared. */
function shapeOf(description: unknown): string {
  const parsed = shapeSchema.safeParse(description);
  if (!parsed.success) return "unknown";
  const { type, pretokenizers, pattern, behavior } = parsed.data;
  if (type === "Sequence") return (pretokenizers ?? []).map(shapeOf).join(" | ");
  if (type === "Split") return `split ${pattern?.Regex ?? ""} ${behavior?.toLowerCase() ?? ""}`;
  if (type === "Digits") return `digits ${parsed.data.individual_digits === true}`;
  if (type !== "ByteLevel") return "unknown";
  return `bytes ${parsed.data.use_regex !== false} ${parsed.data.add_prefix_space === true}`;
}

const NAMES = ["gpt-2", "smollm", "qwen2", "llama-bpe"] as const;

/** llama.cpp's name for the way in which a tokenizer.json cuts texts; undefined where it has none. */
export function nameOfPreTokenizer(tokenizer: {
  readonly pre_tokenizer: unknown;
}): string | undefined {
  const shape = shapeOf(tokenizer.pre_tokenizer);
  return NAMES.find((name) => shapeOf(BY_NAME.get(name)?.preTokenizer) === shape);
}
