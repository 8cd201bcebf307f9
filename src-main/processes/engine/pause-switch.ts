/** Holds work at its boundaries while it is set. */
export class PauseSwitch {
  #released: Promise<void> | null = null;
  #release: () => void = () => undefined;

  /** Resolves when the pause ends; null while there is none. */
  get pause(): Promise<void> | null {
    return this.#released;
  }

  set(): void {
    if (this.#released !== null) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#released = promise;
    this.#release = resolve;
  }

  /** Resolves once there is no pause; rejects with the signal's reason. */
  async passed(signal: AbortSignal): Promise<void> {
    const aborted = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => aborted.resolve(), { once: true });
    while (this.#released !== null && !signal.aborted)
      await Promise.race([this.#released, aborted.promise]);
    signal.throwIfAborted();
  }

  release(): void {
    this.#released = null;
    this.#release();
  }
}
