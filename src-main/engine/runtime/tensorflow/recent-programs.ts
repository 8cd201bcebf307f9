/**
 * The programs of one compiled function, by the shapes they were traced for. TensorFlow keeps memory for each
 * operation of each (core/resources/program-operations.ts), so those that were used longest ago are let go.
 */

type Kept = {
  /** Operations. */
  readonly size: number;
  /** Calls of it that run now, on other threads. */
  readonly running: number;
};

export class RecentPrograms<P extends Kept> {
  /** The one used last at the end. */
  readonly #programs = new Map<string, P>();
  readonly #most: number;
  readonly #release: (program: P) => void;

  /** @param most operations together */
  constructor(most: number, release: (program: P) => void) {
    this.#most = most;
    this.#release = release;
  }

  get count(): number {
    return this.#programs.size;
  }

  get(key: string, make: () => P): P {
    const known = this.#programs.get(key);
    const program = known ?? make();
    this.#programs.delete(key);
    this.#programs.set(key, program);
    if (known === undefined) this.#shrink(program);
    return program;
  }

  clear(): void {
    for (const program of this.#programs.values()) this.#release(program);
    this.#programs.clear();
  }

  /** A program that runs now is passed over. */
  #shrink(newest: P): void {
    let size = 0;
    for (const program of this.#programs.values()) size += program.size;
    for (const [key, program] of this.#programs) {
      if (size <= this.#most) return;
      if (program === newest || program.running > 0) continue;
      size -= program.size;
      this.#programs.delete(key);
      this.#release(program);
    }
  }
}
