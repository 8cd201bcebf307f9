/**
 * Walks the pipelines, one stage after the other, one engine process at a time; later pipelines
 * wait. Knows how to stop, to go on, and to pick up what a killed host left behind.
 */
import { AppError } from "#shared/errors.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import type { QueuedPipeline } from "#shared/schema/recipe-draft.ts";
import type { PipelineId, RunId, RunStatus, StatusReason } from "#shared/schema/run.ts";
import type { StageSupervisor, StopMode } from "#main/processes/engine/supervisor.ts";
import { HOST_ENDED, markAbandoned } from "./abandoned-runs.ts";
import { PipelineQueue } from "./pipeline-queue.ts";
import { goOnWithLess, isOutOfMemory, outOfMemory } from "./out-of-memory.ts";
import { soundCheckpoint } from "./run-checkpoints.ts";
import { beforeStage, endStage, startStage } from "./stage-run.ts";
import type { StageEnd, StageRunDeps } from "./stage-run.ts";
import { UnwrittenEnds } from "./unwritten-ends.ts";

interface Current {
  readonly pipelineId: PipelineId;
  supervisor: StageSupervisor | undefined;
  stop: StopMode | undefined;
  /** Aborted with the first stop: for what is made before a stage has a process. */
  readonly stopping: AbortController;
  /** A stage that starts meanwhile waits at its first step. */
  paused: boolean;
}

export class PipelineRunner {
  readonly #deps: StageRunDeps;
  readonly #queue: PipelineQueue;
  #current: Current | undefined;
  #closing = false;
  #walking: Promise<void> = Promise.resolve();
  readonly #ends: UnwrittenEnds;
  /** Told of errors that are bugs: they must not vanish in a promise. */
  readonly #onBug: (error: unknown) => void;

  constructor(deps: StageRunDeps, onBug: (error: unknown) => void) {
    this.#deps = deps;
    this.#onBug = onBug;
    this.#queue = new PipelineQueue({ store: deps.store, live: deps.live, onBug });
    this.#ends = new UnwrittenEnds({
      store: deps.store,
      now: deps.now,
      onBug,
    });
  }

  /** Marks what a killed host left as stopped, and ends engines that outlived it. Call once, before anything runs. */
  recover(): void {
    const { store } = this.#deps;
    markAbandoned(this.#deps);
    const { pipelines } = store.pipelines.list({
      status: ["queued", "running", "stopping"],
      offset: 0,
      limit: 1_000_000,
    });
    this.#queue.restore(
      new Set(pipelines.filter(({ status }) => status === "queued").map(({ id }) => id)),
    );
    for (const { id } of pipelines) {
      if (!this.#queue.has(id)) store.pipelines.setStatus(id, "stopped", HOST_ENDED);
    }
  }

  /**
   * Lets what waited under an earlier host have its turn. For hosts that stay: a command that only opens the workspace
   * leaves it waiting.
   */
  continueQueue(): void {
    this.#queue.continueQueue();
    this.#next();
  }

  /** Takes a queued pipeline up when its turn comes. */
  enqueue(id: PipelineId): void {
    this.#queue.add(id);
    this.#announce(id);
    this.#next();
  }

  /** What waits, in the order of its turn. */
  queue(): QueuedPipeline[] {
    return this.#queue.list();
  }

  /** Throws CONFLICT where it does not wait any more. */
  move(id: PipelineId, to: "up" | "down" | "first" | "last"): void {
    this.#queue.move(id, to);
  }

  /** A held pipeline keeps its place and is passed over until it is let go. Throws CONFLICT. */
  hold(id: PipelineId, held: boolean): void {
    this.#queue.hold(id, held);
    this.#next();
  }

  /** Throws CONFLICT where it is not at work, NOT_FOUND where there is none. */
  stop(id: PipelineId, mode: StopMode): void {
    const { status } = this.#deps.store.pipelines.summary(id);
    const current = this.#current;
    if (current?.pipelineId === id) {
      // A discard overrides a stop that waits for its checkpoint; not the other way round.
      if (current.stop === "discard") return;
      current.stop = mode;
      current.stopping.abort();
      // First of all: what is shown of it may wait for a disk that is full.
      current.supervisor?.stop(mode);
      this.#setStatus(id, "stopping", null);
      this.#markStopping(id);
      return;
    }
    const canBeCancelled = mode === "discard" && (status === "stopped" || status === "failed");
    if (!this.#queue.remove(id) && !canBeCancelled) {
      throw new AppError("CONFLICT", `The pipeline ${id} is not at work: it is ${status}.`);
    }
    if (mode === "discard") this.#cancelRest(id);
    else {
      this.#setStatus(id, "stopped", {
        code: "STOPPED",
        message: "Taken out of the queue.",
        advice: "Resume puts it back.",
      });
    }
  }

  /** Holds the stage at work at its next step, or lets it go on. Throws CONFLICT where the pipeline is not running. */
  pause(id: PipelineId, paused: boolean): void {
    const { status } = this.#deps.store.pipelines.summary(id);
    const current = this.#current;
    if (current?.pipelineId !== id || current.stop !== undefined) {
      throw new AppError(
        "CONFLICT",
        `The pipeline ${id} is ${status}: only a running one can be paused.`,
        status === "queued" ? "Hold it in the queue instead." : undefined,
      );
    }
    current.paused = paused;
    current.supervisor?.pause(paused);
  }

  /**
   * Throws CONFLICT where there is nothing to go on with.
   * @param capUsd for each judge or teacher of what is left, instead of the recipe's
   */
  resume(id: PipelineId, capUsd?: number): void {
    this.#ends.writeAll();
    const { status } = this.#deps.store.pipelines.summary(id);
    if (status !== "stopped" && status !== "failed") {
      throw new AppError(
        "CONFLICT",
        `The pipeline ${id} is ${status}: there is nothing to resume.`,
        status === "cancelled" ? "Start its recipe again." : undefined,
      );
    }
    const { store } = this.#deps;
    const left = store.runs.ofPipeline(id).filter((run) => run.status !== "finished");
    const again = left.filter((run) => run.status === "stopped" || run.status === "failed");
    // All of it or none: on a full disk it stays as it was, and says so.
    store.transaction(() => {
      for (const run of again) store.runs.setStatus(run.id, "queued", null);
      if (capUsd !== undefined)
        for (const run of left) store.endpointAnswers.setCapUsd(run.id, capUsd);
      store.pipelines.setStatus(id, "queued", null);
    });
    for (const run of again) this.#announceRun(run.id);
    this.enqueue(id);
  }

  isAtWork(id: PipelineId): boolean {
    return this.#current?.pipelineId === id || this.#queue.has(id);
  }

  /** Ends what runs (at its last checkpoint) and takes nothing up any more; what waits is kept for the next host. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#queue.close();
    if (this.#current !== undefined) {
      this.#current.stop ??= "keep";
      this.#current.stopping.abort();
      this.#current.supervisor?.kill();
      await this.#walking;
    }
    this.#ends.close();
  }

  #next(): void {
    if (this.#current !== undefined || this.#closing) return;
    const id = this.#queue.takeNext();
    if (id === undefined) return;
    const current: Current = {
      pipelineId: id,
      supervisor: undefined,
      stop: undefined,
      stopping: new AbortController(),
      paused: false,
    };
    this.#current = current;
    this.#walking = this.#walk(current)
      .catch((error: unknown) => {
        this.#onBug(error);
      })
      .finally(() => {
        this.#current = undefined;
        this.#next();
      });
  }

  async #walk(current: Current): Promise<void> {
    const { store } = this.#deps;
    const id = current.pipelineId;
    const { recipe, runs } = store.pipelines.get(id);
    this.#setStatus(id, "running", null);
    for (const { id: runId, status } of runs) {
      if (status === "finished") continue;
      if (current.stop !== undefined) {
        if (current.stop === "discard") this.#cancelRest(id);
        else this.#setStatus(id, "stopped", stoppedBetween());
        return;
      }
      const end = await this.#runStage(current, runId, recipe);
      if (end.status === "finished") continue;
      if (end.status === "cancelled") this.#cancelRest(id);
      else this.#setStatus(id, end.status, end.reason);
      return;
    }
    this.#setStatus(id, "finished", null);
  }

  async #runStage(current: Current, runId: RunId, recipe: Recipe): Promise<StageEnd> {
    const { store } = this.#deps;
    const run = store.runs.get(runId);
    try {
      for (;;) {
        const kills = this.#deps.oomKills();
        const from = await soundCheckpoint(store, runId);
        const before = await beforeStage(this.#deps, run, recipe, from, current.stopping.signal);
        if (current.stop !== undefined) return stoppedBefore(current.stop);
        const supervisor = startStage(this.#deps, run, recipe, from, before);
        current.supervisor = supervisor;
        if (current.paused) supervisor.pause(true);
        const outcome = await supervisor.outcome;
        const starved =
          current.stop === undefined && isOutOfMemory(outcome, kills, this.#deps.oomKills());
        if (starved && goOnWithLess(this.#deps, run)) continue;
        return await endStage(this.#deps, run, starved ? outOfMemory() : outcome);
      }
    } catch (error) {
      // A stage that cannot be written off properly is written off as far as the disk allows.
      const known = error instanceof AppError ? error : undefined;
      if (known === undefined) this.#onBug(error);
      const reason = {
        code: known?.code ?? "ENGINE_ERROR",
        message: error instanceof Error ? error.message : String(error),
        advice: known?.advice ?? null,
      };
      const status: RunStatus = known?.code === "DISK_FULL" ? "stopped" : "failed";
      const endedAtMs = this.#deps.now();
      this.#ends.write({
        id: runId,
        status,
        reason,
        write: () => {
          store.runs.endAttempt(runId, status, reason, endedAtMs);
        },
        announce: () => {
          this.#announceRun(runId);
        },
      });
      return { status, reason };
    } finally {
      current.supervisor = undefined;
    }
  }

  #cancelRest(id: PipelineId): void {
    const { store } = this.#deps;
    for (const run of store.runs.ofPipeline(id)) {
      if (run.status === "finished" || run.status === "cancelled") continue;
      const end = { id: run.id, status: "cancelled", reason: null } as const;
      this.#ends.write({
        ...end,
        write: () => {
          store.runs.setStatus(run.id, "cancelled", null);
        },
        announce: () => {
          this.#announceRun(run.id);
        },
      });
    }
    this.#setStatus(id, "cancelled", null);
  }

  #markStopping(id: PipelineId): void {
    for (const run of this.#deps.store.runs.ofPipeline(id)) {
      if (run.status !== "running") continue;
      this.#tryToWrite(() => {
        this.#deps.store.runs.setStatus(run.id, "stopping", null);
      });
      this.#announceRun(run.id);
    }
  }

  #setStatus(id: PipelineId, status: RunStatus, reason: StatusReason | null): void {
    const write = (): void => {
      this.#deps.store.pipelines.setStatus(id, status, reason);
    };
    const announce = (): void => {
      this.#announce(id);
    };
    if (status === "running" || status === "stopping" || status === "queued") {
      this.#tryToWrite(write);
      announce();
    } else this.#ends.write({ id, status, reason, write, announce });
  }

  /** For what is on its way to another state: where the disk is full, the end of the way says so. */
  #tryToWrite(write: () => void): void {
    try {
      this.#deps.store.transaction(write);
    } catch (error) {
      if (!(error instanceof AppError)) this.#onBug(error);
    }
  }

  #announce(id: PipelineId): void {
    this.#deps.live.publish([
      { type: "pipeline", pipeline: this.#deps.store.pipelines.summary(id) },
      { type: "attention" },
    ]);
  }

  #announceRun(id: RunId): void {
    this.#deps.live.publish([{ type: "run", run: this.#deps.store.runs.summary(id) }]);
  }
}

/** Asked to stop while its checkpoints were read. */
function stoppedBefore(mode: StopMode): StageEnd {
  return mode === "discard"
    ? { status: "cancelled", reason: null }
    : { status: "stopped", reason: stoppedBetween() };
}

function stoppedBetween(): StatusReason {
  return {
    code: "STOPPED",
    message: "Stopped between two stages.",
    advice: "Resume goes on with the next stage.",
  };
}
