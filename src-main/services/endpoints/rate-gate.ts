/** Rate limiting for one endpoint: after a refusal (429 or 5xx) all its requests wait, as long as the server says or longer after each attempt. */

const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

export type RateGateOptions = {
  readonly now: () => number;
  /** Resolves after so many milliseconds; rejects with the signal's reason. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** A number in [0, 1), to spread requests that wait for the same time. */
  readonly random: () => number;
};

export class RateGate {
  readonly #options: RateGateOptions;
  #closedUntilMs = 0;

  constructor(options: RateGateOptions) {
    this.#options = options;
  }

  /** Resolves when requests may be sent; rejects with the signal's reason. */
  async pass(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      const left = this.#closedUntilMs - this.#options.now();
      if (left <= 0) return;
      await this.#options.sleep(left, signal);
    }
  }

  /**
   * Holds all requests back after a refusal: as long as Retry-After says (seconds or a date), else twice as long with
   * each attempt.
   */
  refused(attempt: number, retryAfter: string | null): void {
    const asked = retryAfter === null ? undefined : this.#retryAfterMs(retryAfter);
    const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
    const wait = asked ?? backoff * (0.5 + this.#options.random() / 2);
    this.#closedUntilMs = Math.max(this.#closedUntilMs, this.#options.now() + wait);
  }

  /** The header in milliseconds; undefined where it cannot be read. */
  #retryAfterMs(retryAfter: string): number | undefined {
    const seconds = Number(retryAfter);
    const ms = Number.isFinite(seconds)
      ? seconds * 1000
      : Date.parse(retryAfter) - this.#options.now();
    return Number.isFinite(ms) ? Math.min(10 * LONGEST_WAIT_MS, Math.max(0, ms)) : undefined;
  }
}
