/** Holds a stage at its step boundaries while it is set. */
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

  release(): void {
    this.#released = null;
    this.#release();
  }
}
