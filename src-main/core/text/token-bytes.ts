/** The bytes that tokens stand for, where a character is spelled by several of them. */
import { IncrementalDecoder } from "./incremental-decode.ts";
import { spellingsOf } from "./token-spans.ts";
import type { Tokenizer } from "./tokenizer.ts";

const REPLACEMENT = "\uFFFD";
const utf8 = new TextEncoder();

/** The bytes of a token by itself: of a part of a character that part, of any other its text's. */
export function tokenBytes(tokenizer: Tokenizer, id: number): Uint8Array {
  const text = tokenizer.decode([id]);
  if (!text.includes(REPLACEMENT)) return utf8.encode(text);
  // Of what the vocabulary's spelling can mean, that which reads as the tokenizer reads it.
  const all = spellingsOf(tokenizer, id);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return all.find((bytes) => decoder.decode(bytes) === text) ?? all[0] ?? utf8.encode(text);
}

/**
 * Each token's share of the bytes of the text that they spell together: joined they are the text's UTF-8 form. Where
 * the tokens are no valid UTF-8 (a character that was never completed), they are the tokens' own.
 */
export function bytesOfTokens(
  tokenizer: Tokenizer,
  ids: readonly number[],
  text: string,
): readonly Uint8Array[] {
  const whole = utf8.encode(text);
  if (ids.length === 1 && !text.includes(REPLACEMENT)) return [whole];
  const own = ids.map((id) => tokenBytes(tokenizer, id));
  if (text.includes(REPLACEMENT) || isSame(Buffer.concat(own), whole)) return own;
  // A decoder that looks at neighbours (leading spaces): the text is right, and the last token carries it.
  return ids.map((_, i) => (i === ids.length - 1 ? whole : new Uint8Array()));
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** What each token of a text adds to it: its place in the text, once its characters are complete, and its bytes. */
export function spell(
  tokenizer: Tokenizer,
  ids: readonly number[],
): { readonly text: string; readonly bytes: number[] }[] {
  const decoder = new IncrementalDecoder(tokenizer);
  const spelled: { text: string; bytes: number[] }[] = [];
  let group: number[] = [];
  ids.forEach((id, i) => {
    group.push(id);
    let text = decoder.push(id);
    if (i === ids.length - 1) text += decoder.end();
    else if (decoder.isIncomplete) return;
    const shares = bytesOfTokens(tokenizer, group, text);
    shares.forEach((bytes, j) => {
      spelled.push({ text: j === shares.length - 1 ? text : "", bytes: [...bytes] });
    });
    group = [];
  });
  return spelled;
}
