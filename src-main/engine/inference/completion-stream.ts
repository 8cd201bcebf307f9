/** One completion as its tokens come: text in whole characters, log-probabilities, alternatives, stops. */
import type { DrawnTokens } from "../sampling/cache-row.ts";
import { bytesOfTokens, tokenBytes } from "#main/core/text/token-bytes.ts";
import { IncrementalDecoder } from "#main/core/text/incremental-decode.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import { StopStrings } from "./stop-strings.ts";

/** A token that could have stood there. */
export type Alternative = {
  readonly id: number;
  readonly token: string;
  readonly bytes: readonly number[];
  readonly logprob: number;
};

/** One token of a completion. The texts of all pieces are the completion's text. */
export type CompletionPiece = {
  readonly id: number;
  /** The token by itself; special tokens are spelled out. */
  readonly token: string;
  /** What it adds to the text: "" for special tokens and while a character is incomplete. */
  readonly text: string;
  /** Its share of the text's UTF-8 bytes, also where it is a part of a character; none for special tokens. */
  readonly bytes: readonly number[];
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

/** Tokens that spell whole characters together. */
type Group = { readonly pieces: readonly CompletionPiece[]; readonly text: string };

export class CompletionStream {
  readonly #tokenizer: Tokenizer;
  readonly #options: StreamOptions;
  readonly #decoder: IncrementalDecoder;
  readonly #stops: StopStrings<Group>;
  /** Tokens of a character that is not complete yet. */
  #begun: CompletionPiece[] = [];
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
    this.#begun.push({
      id,
      token: this.#tokenizer.decode([id]),
      text: "",
      bytes: [],
      logprob: drawn.logprobs[at] ?? Number.NaN,
      top: this.#topAt(drawn, at),
    });
    if (!last && this.#decoder.isIncomplete) return { pieces: [], finished: null };
    const released = this.#stops.push(this.#group(text, stop));
    const groups =
      last && !released.stopped ? [...released.pieces, ...this.#stops.end()] : released.pieces;
    const pieces = groups.flatMap(piecesOf);
    if (released.stopped) return { pieces, finished: "stop" };
    return { pieces, finished: last ? (stop ? "stop" : "length") : null };
  }

  /** What has begun, with its text and bytes. */
  #group(text: string, stop: boolean): Group {
    const begun = this.#begun;
    this.#begun = [];
    const isSilent = ({ id }: CompletionPiece, i: number): boolean =>
      this.#tokenizer.isSpecial(id) || (stop && i === begun.length - 1);
    const spoken = begun.filter((piece, i) => !isSilent(piece, i));
    const bytes = bytesOfTokens(
      this.#tokenizer,
      spoken.map(({ id }) => id),
      text,
    );
    const pieces = begun.map((piece) => {
      const at = spoken.indexOf(piece);
      return at < 0
        ? piece
        : { ...piece, text: at === spoken.length - 1 ? text : "", bytes: [...(bytes[at] ?? [])] };
    });
    return { pieces, text };
  }

  #topAt(drawn: DrawnTokens, at: number): Alternative[] | null {
    const { alternatives } = this.#options;
    const { top } = drawn;
    if (alternatives === 0 || top === null) return null;
    return Array.from({ length: Math.min(alternatives, top.count) }, (_, i) => {
      const id = top.ids[at * top.count + i] ?? 0;
      const logprob = top.logprobs[at * top.count + i] ?? Number.NaN;
      const token = this.#tokenizer.decode([id]);
      return { id, token, bytes: [...tokenBytes(this.#tokenizer, id)], logprob };
    });
  }
}

/** A group's pieces; where a stop string has cut its text, cut as well. */
function piecesOf({ pieces, text }: Group): readonly CompletionPiece[] {
  if (pieces.map((piece) => piece.text).join("") === text) return pieces;
  let left = Buffer.byteLength(text);
  const kept: CompletionPiece[] = [];
  for (const piece of pieces) {
    if (left === 0 && piece.bytes.length > 0) break;
    const bytes = piece.bytes.slice(0, left);
    left -= bytes.length;
    kept.push({ ...piece, bytes, text: "" });
  }
  return kept.map((piece, i) => (i === kept.length - 1 ? { ...piece, text } : piece));
}
