/** Ends a text before the first of some strings, as it grows. */

/** A token's share of the text, and whatever travels with it. */
export type TextPiece = { readonly text: string };

export type Released<Piece> = {
  /** Pieces whose text can no longer be part of a stop string. */
  readonly pieces: readonly Piece[];
  /** A stop string was met: nothing follows. */
  readonly stopped: boolean;
};

/**
 * Holds pieces back while their end may be the beginning of a stop string. At a stop, the text before it is
 * released; the piece in which it begins is cut there, pieces after that are dropped.
 */
export class StopStrings<Piece extends TextPiece> {
  readonly #stops: readonly string[];
  #held: Piece[] = [];

  constructor(stops: readonly string[]) {
    this.#stops = stops.filter((stop) => stop !== "");
  }

  push(piece: Piece): Released<Piece> {
    this.#held.push(piece);
    const text = this.#held.map((held) => held.text).join("");
    const found = this.#stops.map((stop) => text.indexOf(stop)).filter((at) => at >= 0);
    if (found.length > 0) return { pieces: this.#take(Math.min(...found), true), stopped: true };
    return { pieces: this.#take(text.length - this.#beginningAt(text), false), stopped: false };
  }

  /** What is still held back, where the text ends by itself. */
  end(): readonly Piece[] {
    return this.#held.splice(0);
  }

  /** Characters at the text's end that some stop string begins with. */
  #beginningAt(text: string): number {
    let longest = 0;
    for (const stop of this.#stops) {
      for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(stop.slice(0, length))) longest = length;
      }
    }
    return longest;
  }

  /** Pieces that end within the first `length` characters; with `cut`, the one across the border as well, cut. */
  #take(length: number, cut: boolean): Piece[] {
    let left = length;
    let count = 0;
    for (const piece of this.#held) {
      if (piece.text.length > left) break;
      left -= piece.text.length;
      count++;
    }
    const taken = this.#held.splice(0, count);
    const [border] = this.#held;
    if (cut && border !== undefined && left > 0)
      taken.push({ ...border, text: border.text.slice(0, left) });
    return taken;
  }
}
