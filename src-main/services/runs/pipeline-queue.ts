/** The pipelines that wait, in the order of their turn. What changes is written down for the next host. */
import { AppError } from "#shared/errors.ts";
import type { QueuedPipeline } from "#shared/schema/recipe-draft.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import type { LiveEvents } from "../workspace/live-events.ts";

export interface PipelineQueueDeps {
  readonly store: Store;
  readonly live: LiveEvents;
  readonly onBug: (error: unknown) => void;
}

export class PipelineQueue {
  readonly #deps: PipelineQueueDeps;
  readonly #waiting: PipelineId[] = [];
  /** Those that let others go first. */
  readonly #held = new Set<PipelineId>();
  /** Those of an earlier host, passed over until `continueQueue`. */
  readonly #kept = new Set<PipelineId>();

  constructor(deps: PipelineQueueDeps) {
    this.#deps = deps;
  }

  /** Reads what an earlier host wrote down, as far as it still waits. */
  restore(stillWaiting: ReadonlySet<PipelineId>): void {
    for (const { pipelineId, held } of this.#deps.store.queue.list()) {
      if (!stillWaiting.has(pipelineId)) continue;
      this.#waiting.push(pipelineId);
      this.#kept.add(pipelineId);
      if (held) this.#held.add(pipelineId);
    }
  }

  continueQueue(): void {
    this.#kept.clear();
  }

  list(): QueuedPipeline[] {
    return this.#waiting.map((pipelineId) => ({ pipelineId, held: this.#held.has(pipelineId) }));
  }

  has(id: PipelineId): boolean {
    return this.#waiting.includes(id);
  }

  add(id: PipelineId): void {
    this.#waiting.push(id);
    this.#changed();
  }

  /** Throws CONFLICT where it does not wait any more. */
  move(id: PipelineId, to: "up" | "down" | "first" | "last"): void {
    const from = this.#placeOf(id);
    const last = this.#waiting.length - 1;
    const target = {
      up: Math.max(0, from - 1),
      down: Math.min(last, from + 1),
      first: 0,
      last,
    }[to];
    this.#waiting.splice(from, 1);
    this.#waiting.splice(target, 0, id);
    this.#changed();
  }

  /** A held pipeline keeps its place and is passed over until it is let go. Throws CONFLICT. */
  hold(id: PipelineId, held: boolean): void {
    this.#placeOf(id);
    if (held) this.#held.add(id);
    else this.#held.delete(id);
    this.#changed();
  }

  /** Says whether it waited. */
  remove(id: PipelineId): boolean {
    const place = this.#waiting.indexOf(id);
    if (place === -1) return false;
    this.#waiting.splice(place, 1);
    this.#held.delete(id);
    this.#kept.delete(id);
    this.#changed();
    return true;
  }

  /** Takes the one out whose turn it is. */
  takeNext(): PipelineId | undefined {
    const id = this.#waiting.find((one) => !this.#held.has(one) && !this.#kept.has(one));
    if (id !== undefined) this.remove(id);
    return id;
  }

  /** Forgets what waits; what is written down stays for the next host. */
  close(): void {
    this.#waiting.length = 0;
    this.#held.clear();
    this.#kept.clear();
  }

  #placeOf(id: PipelineId): number {
    const place = this.#waiting.indexOf(id);
    if (place !== -1) return place;
    const { status } = this.#deps.store.pipelines.summary(id);
    throw new AppError("CONFLICT", `The pipeline ${id} does not wait: it is ${status}.`);
  }

  #changed(): void {
    const { store, live, onBug } = this.#deps;
    try {
      store.transaction(() => {
        store.queue.replace(this.list());
      });
    } catch (error) {
      // On a full disk the order of before is what the next host finds.
      if (!(error instanceof AppError)) onBug(error);
    }
    live.publish([{ type: "queue" }]);
  }
}
