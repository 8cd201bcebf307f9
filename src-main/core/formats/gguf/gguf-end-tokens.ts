/**
 * The tokens at which a GGUF model stops. Files name one or two of them, often the wrong ones, so llama.cpp adds every
 * token whose text is that of an end in a model family (llama-vocab.cpp, special_eog_ids); so does Gradus.
 */
import type { GgufFile } from "./gguf.ts";

/** Token types of llama.cpp's vocabularies that are texts of their own. */
export const CONTROL = 3;
export const USER_DEFINED = 4;

/** Nothing but an end is written so: these are control tokens whatever type the file gives them. */
const UNMISTAKABLE: ReadonlySet<string> = new Set([
  "<|eot_id|>",
  "<|im_end|>",
  "<|end|>",
  "<|return|>",
  "<|call|>",
  "<|calls|>",
  "<|flush|>",
  "<end_of_turn>",
  "<|endoftext|>",
  "<|eom_id|>",
  "<|end_of_text|>",
  "<end_of_utterance>",
]);

/** Ends where the file gives them a type of their own; elsewhere they are ordinary pieces of text, such as HTML's </s>. */
const WHERE_TYPED: ReadonlySet<string> = new Set([
  "</s>",
  "<EOT>",
  "_<EOT>",
  "< EOT >",
  "[EOT]",
  "[EOS]",
  "<eos>",
]);

/** Whether a token's text and type make it an end. */
export function isEndToken(text: string, type: unknown): boolean {
  return (
    UNMISTAKABLE.has(text) || (WHERE_TYPED.has(text) && (type === CONTROL || type === USER_DEFINED))
  );
}

/** The id of a special token that the metadata names: `bos`, `eos`, `eot`, `eom`, `padding`, `unknown`. */
export function idOf(gguf: GgufFile, name: string): number | null {
  const id = gguf.value(`tokenizer.ggml.${name}_token_id`);
  return typeof id === "number" && Number.isInteger(id) && id >= 0 && id < 2 ** 31 ? id : null;
}

/** The ids that end a completion, those that the metadata names first. */
export function endIds(gguf: GgufFile): readonly number[] {
  const named = [idOf(gguf, "eos"), idOf(gguf, "eot"), idOf(gguf, "eom")].filter(
    (id) => id !== null,
  );
  const tokens = gguf.value("tokenizer.ggml.tokens");
  const types = gguf.value("tokenizer.ggml.token_type");
  const byText = new Map<string, number>();
  for (const [id, text] of Array.isArray(tokens) ? tokens.entries() : []) {
    const type: unknown = Array.isArray(types) ? types[id] : undefined;
    if (typeof text === "string" && isEndToken(text, type)) byText.set(text, id);
  }
  // In vocabularies with these, <|end|> ends a part of a turn and the others end the turn, as llama.cpp knows.
  const isHarmony = byText.has("<|return|>") && byText.has("<|call|>");
  const isSolar = byText.has("<|calls|>") && byText.has("<|flush|>");
  if (isHarmony || isSolar) byText.delete("<|end|>");
  return [...new Set([...named, ...byText.values()])];
}
