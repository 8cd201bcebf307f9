/** One endpoint's patience: all its requests wait where the server asked for it, and longer after each refusal. */

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

export type RateGateOptions = {
  readonly now: () => number;
  /** Resolves after so many milliseconds; rejects with the signal's reason. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1): spreads requests that wait together. */
  readonly random: () => number;
};

export class RateGate {
  readonly #options: RateGateOptions;
  #closedUntilMs = 0;

  constructor(options: RateGateOptions) {
    this.#options = options;
  }

  /** Waits while the gate is closed. */
  async pass(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const left = this.#closedUntilMs - this.#options.now();
      if (left <= 0) return;
      await this.#options.sleep(left, signal);
    }
  }

  /**
   * Closes the gate after a refusal: as long as the server asks (Retry-After in seconds or as a date), else twice
   * as long with each attempt.
   */
  refused(attempt: number, retryAfter: string | null): void {
    const asked = retryAfter === null ? undefined : this.#askedMs(retryAfter);
    const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
    const wait = asked ?? backoff * (0.5 + this.#options.random() / 2);
    this.#closedUntilMs = Math.max(this.#closedUntilMs, this.#options.now() + wait);
  }

  #askedMs(retryAfter: string): number | undefined {
    const seconds = Number(retryAfter);
    const ms = Number.isFinite(seconds)
      ? seconds * 1000
      : Date.parse(retryAfter) - this.#options.now();
    return Number.isFinite(ms) ? Math.min(10 * LONGEST_WAIT_MS, Math.max(0, ms)) : undefined;
  }
}
