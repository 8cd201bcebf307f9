/**
 * Whose turn it is: which of several weighted sources gives the problem at a place, and how many it gave before. In any
 * stretch each source has its share to within one problem (smooth weighted round robin), and a place is decided by the
 * weights alone.
 */

export type Turn = {
  /** Index of the source. */
  readonly source: number;
  /** How many problems that source gave before this one. */
  readonly place: number;
};

export class SourceTurns {
  readonly #weights: readonly number[];
  readonly #total: number;
  readonly #credit: number[];
  readonly #given: number[];
  readonly #turns: Turn[] = [];

  /** @param weights above 0, one for each source */
  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#credit = weights.map(() => 0);
    this.#given = weights.map(() => 0);
  }

  at(index: number): Turn {
    while (this.#turns.length <= index) this.#turns.push(this.#next());
    return this.#turns[index] ?? { source: 0, place: index };
  }

  #next(): Turn {
    let source = 0;
    this.#weights.forEach((weight, i) => {
      this.#credit[i] = (this.#credit[i] ?? 0) + weight;
      if ((this.#credit[i] ?? 0) > (this.#credit[source] ?? 0)) source = i;
    });
    this.#credit[source] = (this.#credit[source] ?? 0) - this.#total;
    const place = this.#given[source] ?? 0;
    this.#given[source] = place + 1;
    return { source, place };
  }
}
