/**
 * The tokenizer in a GGUF file's metadata, as the files that transformers would have written: tokenizer.json with
 * the pre-tokenizer that the file names, tokenizer_config.json, and the chat template.
 */
import { AppError } from "#shared/errors.ts";
import type { GgufFile } from "./gguf.ts";
import { CONTROL, idOf, isEndToken, USER_DEFINED } from "./gguf-end-tokens.ts";
import { preTokenizerNamed } from "./gguf-pre-tokenizers.ts";

/** A token type of llama.cpp's vocabularies: fills the vocabulary up to the embeddings' number; no text means it. */
export const UNUSED = 5;

/** File names and contents. */
export type TokenizerTexts = ReadonlyMap<string, string>;

/** @throws AppError BAD_TOKENIZER for vocabularies that are not byte-level BPE, or broken */
export function ggufTokenizer(gguf: GgufFile): TokenizerTexts {
  const model = gguf.value("tokenizer.ggml.model");
  if (model !== "gpt2") {
    throw bad(
      gguf,
      `its tokenizer is of the kind "${String(model)}"`,
      "Gradus reads byte-level BPE from GGUF files (gpt2). Fetch the model's safetensors from the hub instead.",
    );
  }
  const tokens = textsOf(gguf, "tokenizer.ggml.tokens");
  const merges = textsOf(gguf, "tokenizer.ggml.merges");
  const types = gguf.value("tokenizer.ggml.token_type");
  const typeOf = (id: number): unknown => (Array.isArray(types) ? types[id] : 1);
  const vocab: Record<string, number> = Object.create(null);
  const added: object[] = [];
  for (const [id, content] of tokens.entries()) {
    const type = isEndToken(content, typeOf(id)) ? CONTROL : typeOf(id);
    if (type === UNUSED || content === "") continue;
    if (content in vocab) throw bad(gguf, `its vocabulary has "${content}" twice`);
    vocab[content] = id;
    if (type === CONTROL || type === USER_DEFINED) added.push(addedToken(id, content, type));
  }
  for (const merge of merges) {
    if (!isMerge(merge)) throw bad(gguf, `"${merge}" is no merge of two tokens`);
  }
  const { ignoreMerges, normalizer, preTokenizer, addsBos } = preTokenizerNamed(gguf);
  const bos =
    (gguf.value("tokenizer.ggml.add_bos_token") ?? addsBos) === true ? idOf(gguf, "bos") : null;
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer,
    pre_tokenizer: preTokenizer,
    post_processor: postProcessor(bos === null ? undefined : tokens[bos], bos ?? 0),
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: ignoreMerges,
      vocab,
      merges,
    },
  };
  const named = (name: string): string | undefined => tokens[idOf(gguf, name) ?? -1];
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: named("bos"),
    eos_token: named("eos"),
    pad_token: named("padding"),
    unk_token: named("unknown"),
    clean_up_tokenization_spaces: false,
    model_max_length: gguf.value(`${String(gguf.value("general.architecture"))}.context_length`),
  };
  const template = gguf.value("tokenizer.chat_template");
  return new Map([
    ["tokenizer.json", JSON.stringify(tokenizer)],
    ["tokenizer_config.json", JSON.stringify(config, undefined, 2)],
    ...(typeof template === "string" ? [["chat_template.jinja", template] as const] : []),
  ]);
}

function addedToken(id: number, content: string, type: number): object {
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return { id, content, ...plain, special: type === CONTROL };
}

/** Two tokens with a space between; byte-level tokens hold no space themselves. */
function isMerge(text: string): boolean {
  const space = text.indexOf(" ");
  return space > 0 && space === text.lastIndexOf(" ") && space < text.length - 1;
}

function postProcessor(bosToken: string | undefined, bosId: number): object {
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: true,
    trim_offsets: false,
    use_regex: true,
  };
  if (bosToken === undefined) return byteLevel;
  const sequence = (id: string, type_id: number): object => ({ Sequence: { id, type_id } });
  const special = (type_id: number): object => ({ SpecialToken: { id: bosToken, type_id } });
  const template = {
    type: "TemplateProcessing",
    single: [special(0), sequence("A", 0)],
    pair: [special(0), sequence("A", 0), special(1), sequence("B", 1)],
    special_tokens: { [bosToken]: { id: bosToken, ids: [bosId], tokens: [bosToken] } },
  };
  return { type: "Sequence", processors: [byteLevel, template] };
}

function textsOf(gguf: GgufFile, key: string): readonly string[] {
  const value = gguf.value(key);
  if (Array.isArray(value) && value.every((text) => typeof text === "string")) return value;
  throw bad(gguf, `it lacks the list ${key}`);
}

function bad(gguf: GgufFile, what: string, advice?: string): AppError {
  return new AppError("BAD_TOKENIZER", `${gguf.file}: ${what}.`, advice);
}
