/** How fast bytes come, over the last seconds, and how long the rest takes at that rate. */

const WINDOW_MS = 5000;
const LEAST_MS = 500;

export class TransferRate {
  readonly #now: () => number;
  readonly #marks: { readonly atMs: number; readonly bytes: number }[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param bytes how many were transferred in all until now */
  mark(bytes: number): void {
    const atMs = this.#now();
    this.#marks.push({ atMs, bytes });
    while ((this.#marks[0]?.atMs ?? atMs) < atMs - WINDOW_MS) this.#marks.shift();
  }

  /** Bytes a second; null until half a second was seen. */
  get bytesPerSecond(): number | null {
    const [first] = this.#marks;
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.atMs - first.atMs < LEAST_MS) return null;
    return ((last.bytes - first.bytes) / (last.atMs - first.atMs)) * 1000;
  }
}
