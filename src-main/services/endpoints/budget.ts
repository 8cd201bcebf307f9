/** What may be spent: nothing is begun that might pass it. Amounts are dollars. */
export class Budget {
  readonly #limit: number;
  #spent = 0;
  #reserved = 0;
  #open = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counted so far. */
  get spent(): number {
    return this.#spent;
  }

  allows(most: number): boolean {
    return this.#spent < this.#limit && this.#spent + this.#reserved + most <= this.#limit;
  }

  get hasReserved(): boolean {
    return this.#open > 0;
  }

  reserve(most: number): void {
    this.#reserved += most;
    this.#open++;
  }

  release(most: number): void {
    this.#reserved -= most;
    this.#open--;
  }

  spend(cost: number): void {
    this.#spent += cost;
  }
}
