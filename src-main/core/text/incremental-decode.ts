/** Text of a growing sequence of tokens, piece by piece, for showing a completion while it is sampled. */
import type { Tokenizer } from "./tokenizer.ts";

const REPLACEMENT = "\uFFFD";

/**
 * Decodes tokens as they come. The pieces add up to the text of the whole sequence; none ends in the middle of a
 * UTF-8 character, whose bytes may be spread over several tokens. Method: the text of a short window is compared
 * with and without the new tokens, so that decoders which look at their neighbours (leading spaces) see them.
 */
export class IncrementalDecoder {
  readonly #tokenizer: Tokenizer;
  readonly #skipSpecialTokens: boolean;
  readonly #ids: number[] = [];
  /** Start of the window, and start of what has not been given out yet. */
  #windowStart = 0;
  #pendingStart = 0;

  constructor(tokenizer: Tokenizer, options: { readonly skipSpecialTokens?: boolean } = {}) {
    this.#tokenizer = tokenizer;
    this.#skipSpecialTokens = options.skipSpecialTokens ?? false;
  }

  /** Whether the tokens so far end in the middle of a character. */
  get isIncomplete(): boolean {
    return this.#pendingStart < this.#ids.length;
  }

  /** Takes the next token; returns the text that is now certain ("" while a character is incomplete). */
  push(id: number): string {
    this.#ids.push(id);
    const piece = this.#pending();
    if (piece.endsWith(REPLACEMENT)) return "";
    this.#windowStart = this.#pendingStart;
    this.#pendingStart = this.#ids.length;
    return piece;
  }

  /** The text still held back, at the end of the sequence: an incomplete character becomes U+FFFD. */
  end(): string {
    const piece = this.#pending();
    this.#windowStart = this.#pendingStart;
    this.#pendingStart = this.#ids.length;
    return piece;
  }

  #pending(): string {
    const before = this.#decode(this.#ids.slice(this.#windowStart, this.#pendingStart));
    return this.#decode(this.#ids.slice(this.#windowStart)).slice(before.length);
  }

  #decode(ids: readonly number[]): string {
    return this.#tokenizer.decode(ids, { skipSpecialTokens: this.#skipSpecialTokens });
  }
}
