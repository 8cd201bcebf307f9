/** One completion as its tokens come: text in whole characters, log-probabilities, alternatives, stops. */
import type { DrawnTokens } from "../sampling/cache-row.ts";
import { IncrementalDecoder } from "../tokenizer/incremental-decode.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { StopStrings } from "./stop-strings.ts";

/** A token that could have stood there. */
export type Alternative = { readonly id: number; readonly token: string; readonly logprob: number };

/** One token of a completion. The texts of all pieces are the completion's text. */
export type CompletionPiece = {
  readonly id: number;
  /** The token by itself; special tokens are spelled out. */
  readonly token: string;
  /** What it adds to the text: "" for special tokens and while a character is incomplete. */
  readonly text: string;
  /** The model's own: at temperature 1, before filters and penalties. */
  readonly logprob: number;
  /** The most probable tokens, best first; null where they were not asked for. */
  readonly top: readonly Alternative[] | null;
};

/** stop: a stop token or stop string was met. */
export type FinishReason = "stop" | "length";

export type StreamOptions = {
  readonly stopIds: ReadonlySet<number>;
  readonly stopStrings: readonly string[];
  readonly maxNew: number;
  readonly alternatives: number;
};

export type StreamStep = {
  readonly pieces: readonly CompletionPiece[];
  readonly finished: FinishReason | null;
};

export class CompletionStream {
  readonly #tokenizer: Tokenizer;
  readonly #options: StreamOptions;
  readonly #decoder: IncrementalDecoder;
  readonly #stops: StopStrings<CompletionPiece>;
  #count = 0;

  constructor(tokenizer: Tokenizer, options: StreamOptions) {
    this.#tokenizer = tokenizer;
    this.#options = options;
    this.#decoder = new IncrementalDecoder(tokenizer, { skipSpecialTokens: true });
    this.#stops = new StopStrings(options.stopStrings);
  }

  /** Tokens sampled so far, those held back and the stop token included. */
  get tokens(): number {
    return this.#count;
  }

  /** Takes the drawn token at row-major place `at` of the call's results. */
  push(drawn: DrawnTokens, at: number): StreamStep {
    const id = drawn.tokens[at] ?? 0;
    this.#count++;
    const stop = this.#options.stopIds.has(id);
    const last = stop || this.#count >= this.#options.maxNew;
    let text = stop ? "" : this.#decoder.push(id);
    if (last) text += this.#decoder.end();
    const released = this.#stops.push({
      id,
      token: this.#tokenizer.decode([id]),
      text,
      logprob: drawn.logprobs[at] ?? Number.NaN,
      top: this.#topAt(drawn, at),
    });
    if (released.stopped) return { pieces: released.pieces, finished: "stop" };
    if (!last) return { pieces: released.pieces, finished: null };
    return {
      pieces: [...released.pieces, ...this.#stops.end()],
      finished: stop ? "stop" : "length",
    };
  }

  #topAt(drawn: DrawnTokens, at: number): Alternative[] | null {
    const { alternatives } = this.#options;
    const { top } = drawn;
    if (alternatives === 0 || top === null) return null;
    return Array.from({ length: Math.min(alternatives, top.count) }, (_, i) => {
      const id = top.ids[at * top.count + i] ?? 0;
      const logprob = top.logprobs[at * top.count + i] ?? Number.NaN;
      return { id, token: this.#tokenizer.decode([id]), logprob };
    });
  }
}
