/** A place in a list of tokens, with a bound on how deep groups may lie in one another. */
import type { Token } from "./latex-tokens.ts";

const MOST_DEPTH = 60;

/** The text is nothing that is known here: no guess is made. */
export class NotUnderstood extends Error {
  override readonly name = "NotUnderstood";
}

export class TokenCursor {
  readonly tokens: readonly Token[];
  readonly #mostDepth: number;
  at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], mostDepth = MOST_DEPTH) {
    this.tokens = tokens;
    this.#mostDepth = mostDepth;
  }

  get token(): Token | undefined {
    return this.tokens[this.at];
  }

  /** The token right before this place. */
  get before(): Token | undefined {
    return this.tokens[this.at - 1];
  }

  get isAtEnd(): boolean {
    return this.at >= this.tokens.length;
  }

  is(type: Token["type"], text: string): boolean {
    return this.token?.type === type && this.token.text === text;
  }

  sign(text: string): boolean {
    return this.is("sign", text);
  }

  command(text: string): boolean {
    return this.is("command", text);
  }

  /** Throws NotUnderstood where something else stands here. */
  take(type: Token["type"], text: string): void {
    if (!this.is(type, text)) throw new NotUnderstood();
    this.at++;
  }

  deeper<T>(work: () => T): T {
    if (this.#depth >= this.#mostDepth) throw new NotUnderstood();
    this.#depth++;
    try {
      return work();
    } finally {
      this.#depth--;
    }
  }

  /** Letters and signs from a place up to here, without braces. */
  textSince(start: number): string {
    return this.tokens
      .slice(start, this.at)
      .map(({ text }) => text)
      .filter((text) => text !== "{" && text !== "}")
      .join("");
  }
}
