/** Work on whole datasets that takes its time: one entry each, announced as it goes on. */
import { AppError } from "#shared/errors.ts";
import type { DatasetJob } from "#shared/schema/dataset.ts";
import { explainError } from "#main/store/explain-error.ts";
import type { LiveEvents } from "../workspace/live-events.ts";

/** Between two announcements of one job. */
const ANNOUNCE_EVERY_MS = 200;
/** Ended jobs that are remembered. */
const KEPT = 100;

export interface JobControl {
  readonly id: string;
  readonly signal: AbortSignal;
  update(change: Partial<Omit<DatasetJob, "id" | "kind" | "state">>): void;
}

interface Entry {
  job: DatasetJob;
  readonly abort: AbortController;
  announcedAtMs: number;
  later: NodeJS.Timeout | undefined;
  readonly ended: Promise<void>;
}

export class DatasetJobs {
  readonly #entries = new Map<string, Entry>();
  readonly #live: LiveEvents;
  readonly #now: () => number;
  readonly #reportBug: (error: unknown) => void;

  constructor(deps: {
    readonly live: LiveEvents;
    readonly now: () => number;
    readonly reportBug: (error: unknown) => void;
  }) {
    this.#live = deps.live;
    this.#now = deps.now;
    this.#reportBug = deps.reportBug;
  }

  /** Begins at once; what goes wrong stands in the job. */
  start(
    about: Pick<DatasetJob, "id" | "kind" | "datasetId" | "title" | "phase" | "unit"> &
      Partial<
        Pick<
          DatasetJob,
          "added" | "sampled" | "accepted" | "costUsd" | "unpricedTokens" | "done" | "total"
        >
      >,
    work: (control: JobControl) => Promise<void>,
  ): DatasetJob {
    const abort = new AbortController();
    const job: DatasetJob = {
      state: "running",
      done: 0,
      total: null,
      startedAtMs: this.#now(),
      endedAtMs: null,
      added: 0,
      bad: 0,
      sampled: 0,
      accepted: 0,
      costUsd: null,
      unpricedTokens: 0,
      error: null,
      ...about,
    };
    const control: JobControl = {
      id: job.id,
      signal: abort.signal,
      update: (change) => {
        this.#change(job.id, change, false);
      },
    };
    const ended = Promise.resolve()
      .then(() => work(control))
      .then(
        () => {
          this.#end(job.id, "finished", null);
        },
        (error: unknown) => {
          if (abort.signal.aborted) this.#end(job.id, "cancelled", null);
          else this.#end(job.id, "failed", this.#explain(error));
        },
      );
    this.#entries.set(job.id, { job, abort, announcedAtMs: this.#now(), later: undefined, ended });
    this.#live.publish([{ type: "dataset-job", job }]);
    return job;
  }

  /** Newest first. */
  list(datasetId: string | undefined): DatasetJob[] {
    return [...this.#entries.values()]
      .map(({ job }) => job)
      .filter((job) => datasetId === undefined || job.datasetId === datasetId)
      .reverse();
  }

  /** Throws NOT_FOUND. */
  get(id: string): DatasetJob {
    return this.#entry(id).job;
  }

  isRunning(id: string): boolean {
    return this.#entries.get(id)?.job.state === "running";
  }

  /** Throws NOT_FOUND; a job that ended stays as it ended. */
  cancel(id: string): void {
    this.#entry(id).abort.abort();
  }

  /** Resolves with the job once it ended. */
  async settled(id: string): Promise<DatasetJob> {
    await this.#entry(id).ended;
    return this.get(id);
  }

  /** Ends all work. */
  async close(): Promise<void> {
    for (const { abort } of this.#entries.values()) abort.abort();
    await Promise.all([...this.#entries.values()].map(({ ended }) => ended));
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry !== undefined) return entry;
    throw new AppError(
      "NOT_FOUND",
      `There is no job "${id}".`,
      "Jobs are remembered until the host ends.",
    );
  }

  #change(id: string, change: Partial<DatasetJob>, always: boolean): void {
    const entry = this.#entry(id);
    entry.job = { ...entry.job, ...change };
    const waitMs = always ? 0 : entry.announcedAtMs + ANNOUNCE_EVERY_MS - this.#now();
    if (waitMs <= 0) this.#announce(entry);
    // The last word before a pause is told too.
    else entry.later ??= setTimeout(() => this.#announce(entry), waitMs).unref();
  }

  #announce(entry: Entry): void {
    clearTimeout(entry.later);
    entry.later = undefined;
    entry.announcedAtMs = this.#now();
    this.#live.publish([{ type: "dataset-job", job: entry.job }]);
  }

  #end(id: string, state: DatasetJob["state"], error: DatasetJob["error"]): void {
    this.#change(id, { state, error, endedAtMs: this.#now() }, true);
    const over = [...this.#entries.values()].filter(({ job }) => job.state !== "running");
    for (const { job } of over.slice(0, Math.max(0, over.length - KEPT))) {
      this.#entries.delete(job.id);
    }
  }

  #explain(error: unknown): DatasetJob["error"] {
    const known = explainError(error);
    if (known !== undefined) return { message: known.message, advice: known.advice ?? null };
    this.#reportBug(error);
    return {
      message: "Something went wrong inside Gradus.",
      advice: "The workspace's crashes folder has the details.",
    };
  }
}
