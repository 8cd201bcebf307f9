/**
 * Brings texts of completions into their index in the background: those of an older workspace after it was opened, new
 * ones after they came. A fifth of the host's time at most; what is not indexed yet is read by the search.
 */
import { AppError } from "#shared/errors.ts";
import type { Store } from "#main/store/store.ts";
import type { LiveEvents } from "./live-events.ts";

/** The pause after a batch, by the time that the batch took. */
const PAUSE = 4;
const FIRST_MS = 200;

export class TextIndexing {
  readonly #store: Store;
  readonly #reportBug: (error: unknown) => void;
  readonly #stopListening: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, live: LiveEvents, reportBug: (error: unknown) => void) {
    this.#store = store;
    this.#reportBug = reportBug;
    this.#stopListening = live.listen((event) => {
      if (event.type === "rollouts") this.#soon(FIRST_MS);
    });
    this.#soon(FIRST_MS);
  }

  close(): void {
    this.#stopListening();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #soon(waitMs: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#batch();
    }, waitMs).unref();
  }

  #batch(): void {
    const began = performance.now();
    try {
      const isMore = this.#store.provisionalTransaction(() => this.#store.rollouts.fillTextIndex());
      if (isMore) this.#soon(PAUSE * (performance.now() - began));
    } catch (error) {
      // A full disk, a folder that is gone: whoever writes is told; the next completions try again.
      if (!(error instanceof AppError)) this.#reportBug(error);
    }
  }
}
