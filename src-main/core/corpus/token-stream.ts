/** The pretraining stream: documents end to end, each closed by the end token, cut into rows. */
import type { Random } from "#main/platform/random.ts";

/** Encodes text without adding special tokens. */
export type Encode = (text: string) => readonly number[];

export class TokenStream {
  readonly #random: Random;
  readonly #document: (random: Random) => string;
  readonly #encode: Encode;
  #rest: number[];

  /** @param rest tokens left over from an earlier stream that this one continues. */
  constructor(
    random: Random,
    document: (random: Random) => string,
    encode: Encode,
    rest: readonly number[] = [],
  ) {
    this.#random = random;
    this.#document = document;
    this.#encode = encode;
    this.#rest = [...rest];
  }

  /** The next `count` tokens of the stream. */
  take(count: number): Int32Array {
    while (this.#rest.length < count)
      this.#rest.push(...this.#encode(this.#document(this.#random)));
    const out = Int32Array.from(this.#rest.slice(0, count));
    this.#rest = this.#rest.slice(count);
    return out;
  }

  /** Tokens made but not yet taken: with the random state, all it takes to go on. */
  get rest(): readonly number[] {
    return this.#rest;
  }
}
