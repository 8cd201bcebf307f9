/**
 * The built-in models' tokenizer: byte-level BPE with GPT-2's byte alphabet and Qwen2's
 * pre-tokenizer (digits one by one), trained on the base corpus and written as a Hugging Face
 * `tokenizer.json` + `tokenizer_config.json` that transformers and @huggingface/tokenizers load.
 *
 * `node src-main/core/corpus/train-tokenizer.ts FOLDER…` writes both files into each folder.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "#main/platform/random.ts";
import { baseDocument } from "./base-corpus.ts";
import { GLOSSARY } from "./glossary.ts";

const VOCABULARY = 768;
const DOCUMENTS = 20_000;
const SEED = 1;
/** Each glossary line counts as often as this many documents would. */
const GLOSSARY_WEIGHT = 40;

/** The special tokens in the order of their ids; the tags are text, so that decoding keeps them. */
const ADDED_TOKENS: readonly { readonly content: string; readonly special: boolean }[] = [
  { content: "<|pad|>", special: true },
  { content: "<|end|>", special: true },
  { content: "<|user|>", special: true },
  { content: "<|assistant|>", special: true },
  { content: "<think>", special: false },
  { content: "</think>", special: false },
  { content: "<answer>", special: false },
  { content: "</answer>", special: false },
];

/** Qwen2's pre-tokenizer, as its tokenizer.json spells it. */
const QWEN2_PATTERN =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
/** The same for JavaScript, which here has no inline flags. */
const QWEN2_REGEXP =
  /'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD]|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+/gu;

/** The assistant's text and its stop token stand between generation marks: the loss mask of fine-tuning. */
const CHAT_TEMPLATE = [
  "{%- for message in messages -%}",
  "{%- if message['role'] == 'system' -%}",
  "{{- message['content'] + '\\n' -}}",
  "{%- elif message['role'] == 'user' -%}",
  "{{- '<|user|>' + message['content'] -}}",
  "{%- elif message['role'] == 'assistant' -%}",
  "{{- '<|assistant|>' -}}",
  "{%- generation -%}",
  "{{- message['content'] + '<|end|>' -}}",
  "{%- endgeneration -%}",
  "{%- else -%}",
  "{{- raise_exception('The roles are system, user and assistant.') -}}",
  "{%- endif -%}",
  "{%- endfor -%}",
  "{%- if add_generation_prompt -%}",
  "{{- '<|assistant|>' -}}",
  "{%- endif -%}",
].join("");

type Word = { readonly symbols: string[]; readonly count: number };
export type TrainedTokenizer = {
  readonly tokenizerJson: string;
  readonly tokenizerConfigJson: string;
  readonly vocabularySize: number;
};

/** GPT-2's printable stand-in for each byte. */
function byteAlphabet(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, b) => String.fromCodePoint(isPrintable(b) ? b : next++));
}

function isPrintable(b: number): boolean {
  return (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || (b >= 174 && b <= 255);
}

function countWords(
  texts: Iterable<readonly [text: string, weight: number]>,
  alphabet: readonly string[],
): Word[] {
  const split = new RegExp(ADDED_TOKENS.map((t) => t.content.replaceAll("|", "\\|")).join("|"));
  const counts = new Map<string, number>();
  for (const [text, weight] of texts) {
    for (const part of text.split(split)) {
      for (const word of part.match(QWEN2_REGEXP) ?? [])
        counts.set(word, (counts.get(word) ?? 0) + weight);
    }
  }
  const encoder = new TextEncoder();
  return [...counts].map(([word, count]) => ({
    symbols: Array.from(encoder.encode(word), (b) => alphabet[b] ?? ""),
    count,
  }));
}

/** The most frequent pair of neighbours; among equals the first in code unit order. Null when none is left. */
function bestPair(words: readonly Word[]): readonly [string, string] | null {
  const counts = new Map<string, number>();
  for (const { symbols, count } of words) {
    for (let i = 0; i + 1 < symbols.length; i++) {
      const pair = `${symbols[i] ?? ""} ${symbols[i + 1] ?? ""}`;
      counts.set(pair, (counts.get(pair) ?? 0) + count);
    }
  }
  let best: string | null = null;
  let bestCount = 0;
  for (const [pair, count] of counts) {
    if (count > bestCount || (count === bestCount && best !== null && pair < best))
      [best, bestCount] = [pair, count];
  }
  if (best === null) return null;
  const [left = "", right = ""] = best.split(" ");
  return [left, right];
}

function mergePair(word: Word, left: string, right: string): void {
  const { symbols } = word;
  for (let i = 0; i + 1 < symbols.length; i++) {
    if (symbols[i] === left && symbols[i + 1] === right) symbols.splice(i, 2, left + right);
  }
}

/**
 * Trains the tokenizer; the same result every time. Exactly 768 entries, or the largest multiple
 * of 64 below that where the text has no more pairs to merge.
 */
export function trainTokenizer(): TrainedTokenizer {
  const alphabet = byteAlphabet();
  const random = new Random(SEED);
  const documents = Array.from({ length: DOCUMENTS }, () => [baseDocument(random), 1] as const);
  const words = countWords(
    [...documents, ...GLOSSARY.map((line) => [line, GLOSSARY_WEIGHT] as const)],
    alphabet,
  );
  const first = ADDED_TOKENS.length + alphabet.length;
  const merges: (readonly [string, string])[] = [];
  while (first + merges.length < VOCABULARY) {
    const pair = bestPair(words);
    if (pair === null) break;
    merges.push(pair);
    for (const word of words) mergePair(word, pair[0], pair[1]);
  }
  const size = Math.floor((first + merges.length) / 64) * 64;
  return write(alphabet, merges.slice(0, size - first), size);
}

function write(
  alphabet: readonly string[],
  merges: readonly (readonly [string, string])[],
  size: number,
): TrainedTokenizer {
  const pieces = [
    ...ADDED_TOKENS.map((t) => t.content),
    ...alphabet,
    ...merges.map(([l, r]) => l + r),
  ];
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: false,
    use_regex: false,
  };
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: ADDED_TOKENS.map(({ content, special }, id) => ({
      id,
      content,
      ...flags,
      special,
    })),
    normalizer: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: QWEN2_PATTERN }, behavior: "Isolated", invert: false },
        byteLevel,
      ],
    },
    post_processor: byteLevel,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      merges,
    },
  };
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    add_bos_token: false,
    add_prefix_space: false,
    bos_token: null,
    eos_token: "<|end|>",
    pad_token: "<|pad|>",
    unk_token: null,
    clean_up_tokenization_spaces: false,
    model_max_length: 512,
    added_tokens_decoder: Object.fromEntries(
      ADDED_TOKENS.map(({ content, special }, id) => [String(id), { content, ...flags, special }]),
    ),
    chat_template: CHAT_TEMPLATE,
  };
  return {
    tokenizerJson: `${JSON.stringify(tokenizer, null, 1)}\n`,
    tokenizerConfigJson: `${JSON.stringify(config, null, 2)}\n`,
    vocabularySize: size,
  };
}

/** Writes both files into a folder, which is made where it is missing. */
export function writeTokenizer(trained: TrainedTokenizer, folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "tokenizer.json"), trained.tokenizerJson);
  writeFileSync(join(folder, "tokenizer_config.json"), trained.tokenizerConfigJson);
}

if (import.meta.main) {
  const trained = trainTokenizer();
  for (const folder of process.argv.slice(2)) writeTokenizer(trained, folder);
  process.stdout.write(`${trained.vocabularySize} tokens\n`);
}
