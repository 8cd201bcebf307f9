/** Models on their way into the workspace: one job a source, told live, cancellable, resumable. */
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import { isAtWork } from "#shared/schema/model.ts";
import type { CatalogueEntry, ModelJob } from "#shared/schema/model.ts";
import type { ModelRegistry } from "../model-registry.ts";
import { hubEnvironment } from "../hub/hub-environment.ts";
import { catalogue, fitOf } from "./catalogue.ts";
import { modelSource, sourceKey } from "./model-source.ts";
import type { ModelSource } from "./model-source.ts";
import { describeGetError, getModel } from "./get-model.ts";
import type { GetProgress } from "./get-model.ts";
import { TransferRate } from "./transfer-rate.ts";

export interface ModelJobsOptions {
  readonly models: ModelRegistry;
  /** Where downloads are kept until they are whole. */
  readonly workFolder: string;
  readonly memoryBytes: number;
  readonly now: () => number;
  readonly changed: (job: ModelJob) => void;
  readonly reportBug: (error: unknown) => void;
}

interface Running {
  job: ModelJob;
  readonly key: string;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

/** Progress is told this often at most; a new phase at once. */
const TELL_EVERY_MS = 250;
const KEPT = 50;
const AT_REST = { bytesPerSecond: null, secondsLeft: null } as const;

export class ModelJobs {
  readonly #options: ModelJobsOptions;
  readonly #jobs = new Map<string, Running>();
  readonly #closing = new AbortController();
  /** When the models are known that were here before this host. */
  readonly ready: Promise<void>;
  #count = 0;

  constructor(options: ModelJobsOptions) {
    this.#options = options;
    this.ready = this.#takeInStrays();
  }

  catalogue(): CatalogueEntry[] {
    const here = this.#options.models.list();
    return catalogue().map((model) => ({
      ...model,
      fit: fitOf(model.parameters, this.#options.memoryBytes),
      modelId:
        here.find(
          ({ id, source }) => id === model.id || source?.startsWith(`hub:${model.hub}@`) === true,
        )?.id ?? null,
    }));
  }

  list(): ModelJob[] {
    return [...this.#jobs.values()].map(({ job }) => job).reverse();
  }

  /** Begins a job, or gives the one that gets the same. @throws AppError NOT_FOUND for what no source can be */
  start(options: {
    readonly source: string;
    readonly name?: string | undefined;
    readonly relativeTo?: string;
  }): ModelJob {
    const source = modelSource(options.source, options.relativeTo ?? process.cwd());
    const key = sourceKey(source);
    const same = [...this.#jobs.values()].find(
      (running) => running.key === key && isAtWork(running.job),
    );
    if (same !== undefined) return same.job;
    this.#count += 1;
    const job: ModelJob = {
      id: `m${this.#count}`,
      source: options.source,
      phase: "listing",
      done: 0,
      total: 0,
      bytesPerSecond: null,
      secondsLeft: null,
      message: null,
      advice: null,
      modelId: null,
      startedAtMs: this.#options.now(),
    };
    const abort = new AbortController();
    const running: Running = {
      job,
      key,
      abort,
      // The next turn of the loop: the caller has the job before anything of it is told.
      ended: Promise.resolve().then(() => this.#run(running, source, options.name ?? source.name)),
    };
    this.#jobs.set(job.id, running);
    const oldest = this.#jobs.keys().next();
    if (this.#jobs.size > KEPT && oldest.done !== true) this.#jobs.delete(oldest.value);
    return job;
  }

  /** @throws AppError NOT_FOUND */
  async wait(jobId: string): Promise<ModelJob> {
    const running = this.#find(jobId);
    await running.ended;
    return running.job;
  }

  /** @throws AppError NOT_FOUND */
  cancel(jobId: string): void {
    this.#find(jobId).abort.abort();
  }

  async close(): Promise<void> {
    const all = [...this.#jobs.values()];
    this.#closing.abort();
    for (const { abort } of all) abort.abort();
    await Promise.all([this.ready, ...all.map(({ ended }) => ended)]);
  }

  async #takeInStrays(): Promise<void> {
    const { signal } = this.#closing;
    try {
      await this.#options.models.takeInStrays(signal);
    } catch (error) {
      if (!signal.aborted) this.#options.reportBug(error);
    }
  }

  #find(jobId: string): Running {
    const running = this.#jobs.get(jobId);
    if (running !== undefined) return running;
    throw new AppError("NOT_FOUND", `There is no job ${jobId}.`);
  }

  async #run(running: Running, source: ModelSource, name: string): Promise<void> {
    const { abort, key } = running;
    const { models } = this.#options;
    const work = join(
      this.#options.workFolder,
      createHash("sha256").update(key).digest("hex").slice(0, 16),
    );
    try {
      await this.ready;
      const { folder, origin } = await getModel({
        source,
        work,
        environment: hubEnvironment(),
        signal: abort.signal,
        isHere: (from) => models.bySource(from) !== undefined,
        report: this.#reporter(running),
      });
      this.#tell(running, { ...AT_REST, phase: "checking", done: 0, total: 0 });
      const model =
        folder === null
          ? models.bySource(origin)
          : await models.adopt({ folder, name, source: origin });
      await rm(work, { recursive: true, force: true });
      this.#tell(running, { phase: "done", modelId: model?.id ?? null });
    } catch (error) {
      this.#fail(running, error);
    }
  }

  #fail(running: Running, error: unknown): void {
    if (running.abort.signal.aborted) {
      this.#tell(running, { ...AT_REST, phase: "cancelled" });
      return;
    }
    const known = describeGetError(error);
    if (known === undefined) this.#options.reportBug(error);
    const bug = { message: "Something went wrong inside Gradus.", advice: null };
    this.#tell(running, { ...AT_REST, phase: "failed", ...(known ?? bug) });
  }

  #reporter(running: Running): (progress: GetProgress) => void {
    const rate = new TransferRate(this.#options.now);
    let toldMs = Number.NEGATIVE_INFINITY;
    return ({ phase, done, total, fetched, message }) => {
      if (fetched !== undefined) rate.mark(fetched);
      const now = this.#options.now();
      if (phase === running.job.phase && message === undefined && now - toldMs < TELL_EVERY_MS)
        return;
      toldMs = now;
      const bytesPerSecond = phase === "downloading" ? rate.bytesPerSecond : null;
      const left = Math.max(0, total - done);
      this.#tell(running, {
        phase,
        done,
        total,
        ...(message !== undefined && { message }),
        bytesPerSecond,
        secondsLeft:
          bytesPerSecond === null || bytesPerSecond <= 0 || total === 0
            ? null
            : left / bytesPerSecond,
      });
    };
  }

  #tell(running: Running, change: Partial<ModelJob>): void {
    running.job = { ...running.job, ...change };
    this.#options.changed(running.job);
  }
}
