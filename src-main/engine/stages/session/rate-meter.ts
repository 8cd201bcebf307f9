/** Rate and time left, over a window of the last seconds. */
export class RateMeter {
  readonly #windowMs = 20_000;
  #marks: { readonly timeMs: number; readonly done: number; readonly tokens: number }[] = [];

  add(done: number, tokens: number): void {
    const timeMs = performance.now();
    this.#marks.push({ timeMs, done, tokens });
    while (this.#marks.length > 2 && timeMs - (this.#marks[0]?.timeMs ?? timeMs) > this.#windowMs)
      this.#marks.shift();
  }

  reset(): void {
    this.#marks = [];
  }

  /** Null until two marks lie some time apart. */
  tokensPerSecond(): number | null {
    const span = this.#span();
    return span === null ? null : (1000 * span.tokens) / span.ms;
  }

  etaMs(total: number): number | null {
    const span = this.#span();
    const last = this.#marks[this.#marks.length - 1];
    if (span === null || last === undefined || span.done <= 0) return null;
    return (Math.max(0, total - last.done) * span.ms) / span.done;
  }

  #span(): { readonly ms: number; readonly done: number; readonly tokens: number } | null {
    const first = this.#marks[0];
    const last = this.#marks[this.#marks.length - 1];
    if (first === undefined || last === undefined || last.timeMs - first.timeMs < 200) return null;
    return {
      ms: last.timeMs - first.timeMs,
      done: last.done - first.done,
      tokens: last.tokens - first.tokens,
    };
  }
}
