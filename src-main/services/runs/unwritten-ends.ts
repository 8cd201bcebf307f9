/** Ends of runs and pipelines that could not be written: shown meanwhile, and tried again until they are. */
import { AppError } from "#shared/errors.ts";
import type { PipelineId, RunId, RunStatus, StatusReason } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";

const AGAIN_MS = 2000;

export interface End {
  readonly id: RunId | PipelineId;
  readonly status: RunStatus;
  readonly reason: StatusReason | null;
  readonly write: () => void;
  /** Called when it is shown and again when it is written. */
  readonly announce: () => void;
}

export class UnwrittenEnds {
  readonly #ends = new Map<string, End>();
  readonly #store: Store;
  readonly #now: () => number;
  readonly #onBug: (error: unknown) => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: {
    readonly store: Store;
    readonly now: () => number;
    readonly onBug: (error: unknown) => void;
  }) {
    this.#store = deps.store;
    this.#now = deps.now;
    this.#onBug = deps.onBug;
  }

  /** Writes it now, or shows it and tries again later. */
  write(end: End): void {
    try {
      this.#store.transaction(end.write);
      this.#forget(end.id);
    } catch (error) {
      // A full disk is told in the state itself; anything else is a bug as well.
      if (!(error instanceof AppError)) this.#onBug(error);
      this.#ends.set(end.id, end);
      this.#store.unwritten.set(end.id, {
        status: end.status,
        reason: unwrittenReason(end.reason, error),
        endedAtMs: this.#now(),
      });
      this.#timer ??= setInterval(() => {
        this.writeAll();
      }, AGAIN_MS).unref();
    }
    end.announce();
  }

  /** Tries all that are left, in the order of their ends. Says whether none is left. */
  writeAll(): boolean {
    for (const end of [...this.#ends.values()]) {
      try {
        this.#store.transaction(end.write);
      } catch {
        return false;
      }
      this.#forget(end.id);
      end.announce();
    }
    return true;
  }

  close(): void {
    this.writeAll();
    clearInterval(this.#timer);
  }

  #forget(id: RunId | PipelineId): void {
    this.#ends.delete(id);
    this.#store.unwritten.delete(id);
    if (this.#ends.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function unwrittenReason(reason: StatusReason | null, error: unknown): StatusReason {
  const why = error instanceof Error ? error.message : String(error);
  const told = `That could not be written yet and is tried again: ${why}`;
  if (reason === null) return { code: "DISK_FULL", message: told, advice: "Free some space." };
  // What kept the results from being kept is mostly what keeps this from being written.
  const message = reason.message.includes(why)
    ? `${reason.message} This state could not be written yet either and is tried again.`
    : `${reason.message} ${told}`;
  return { ...reason, message };
}
