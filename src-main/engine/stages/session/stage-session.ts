/** What every stage does alike: the runtime, progress, metrics, alarms, checkpoints, ending at a step boundary when asked to. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { PAUSED_PHASE } from "#shared/schema/engine-protocol.ts";
import type {
  MetricPoint,
  StageAnswer,
  StageQuestion,
  Usage,
} from "#shared/schema/engine-protocol.ts";
import {
  pruneCheckpoints,
  readTrainingCheckpoint,
  writeTrainingCheckpoint,
} from "../../training/training-state.ts";
import type { TrainingCheckpoint, TrainingState } from "../../training/training-state.ts";
import type { LanguageModel } from "../../model/language-model.ts";
import { adapterContent, LoraModel } from "../../model/lora.ts";
import { openRuntime } from "../../runtime/open-runtime.ts";
import type { Runtime } from "../../runtime/runtime.ts";
import { MOST_ROWS } from "#main/core/resources/cache-shape.ts";
import type { AdamW } from "../../training/adamw.ts";
import type { Alarm } from "../../training/alarms.ts";
import { halved } from "#main/core/resources/rows-at-once.ts";
import type { AnswerFormat } from "#shared/schema/stages/stage-options.ts";
import type { Judging } from "#main/core/verifiers/judging/judge-texts.ts";
import type { Scoring } from "#main/core/verifiers/judging/score-text.ts";
import type { Sandbox } from "#main/core/sandbox-port.ts";
import { RateMeter } from "./rate-meter.ts";
import type { OutsideTasks } from "#main/core/problems/outside/outside-task.ts";
import { stageTasks } from "./stage-tasks.ts";
import type { StageContext, StartRequest } from "#main/core/stage-context.ts";
import { UsageMeter } from "./usage-meter.ts";
import { writeModel } from "./write-model.ts";
import type { ModelFacts } from "./write-model.ts";
import { configHash } from "./config-hash.ts";

/** The stage was asked to end; it is no error. */
export class StageEnded extends Error {
  constructor() {
    super("the stage was asked to end");
    this.name = "StageEnded";
  }
}

/** The host refused what the stage asked: it ends with these words, and can go on later. */
export class HostRefused extends Error {
  readonly code: string;
  readonly advice: string | null;

  constructor({ code, message, advice }: Extract<StageAnswer, { kind: "refused" }>) {
    super(message);
    this.name = "HostRefused";
    this.code = code;
    this.advice = advice;
  }
}

export type CheckpointParts = {
  /** Optimizer steps done. */
  readonly step: number;
  readonly model: LanguageModel;
  readonly tokenizerFrom: string;
  readonly optimizer: AdamW;
  /** Where training moves it too. */
  readonly reference?: LanguageModel | null;
  readonly critic?: Parameters<typeof writeTrainingCheckpoint>[1]["critic"];
  readonly samplesSeen: number;
  readonly random?: TrainingState["random"];
  readonly data?: TrainingState["data"];
  readonly keep: number;
};

const PROGRESS_INTERVAL_MS = 250;
/** What the stage used is told so often while it works. */
const USAGE_INTERVAL_MS = 5000;
/** Of a stage's folder: the model that measured highest so far. */
const BEST = "best";

export class StageSession {
  readonly request: StartRequest;
  readonly runtime: Runtime;
  readonly meter: UsageMeter;
  /** The checkpoint the stage goes on from. */
  readonly resumed: TrainingCheckpoint | null;
  readonly #context: StageContext;
  readonly #rate = new RateMeter();
  #lastProgress = 0;
  /** null until the stage has started: before that it does not know what it goes on from. */
  #lastUsage: number | null = null;
  #at = { done: 0, total: 0, unit: "steps" };
  #reportedWarnings = 0;
  #outside: OutsideTasks | undefined;
  #checkpointStep: number;

  private constructor(
    request: StartRequest,
    context: StageContext,
    runtime: Runtime,
    resumed: TrainingCheckpoint | null,
  ) {
    this.request = request;
    this.runtime = runtime;
    this.resumed = resumed;
    this.#context = context;
    const before = resumed === null ? null : usageOf(resumed.state);
    this.meter = new UsageMeter(before, runtime.usesGpu);
    this.#checkpointStep = resumed?.state.step ?? 0;
  }

  static async open(request: StartRequest, context: StageContext): Promise<StageSession> {
    const runtime = await openRuntime({ choice: request.runtime });
    const resumed =
      request.resumeFrom === undefined
        ? null
        : readTrainingCheckpoint(request.resumeFrom, { configHash: configHash(request) });
    return new StageSession(request, context, runtime, resumed);
  }

  get sandbox(): Sandbox {
    return this.#context.sandbox;
  }

  /** Tasks whose code runs elsewhere, as the host kept it for the stage. */
  get outside(): OutsideTasks {
    this.#outside ??= stageTasks(this.request, this.#context);
    return this.#outside;
  }

  /** How completions of this stage are judged. */
  judging(scoring: Scoring, format: AnswerFormat): Judging {
    const { sandbox, outside, signal } = this;
    return { scoring, format, sandbox, outside, signal };
  }

  get signal(): AbortSignal {
    return this.#context.signal;
  }

  /** Step the stage goes on from; 0 for a fresh start. */
  get fromStep(): number {
    return this.resumed?.state.step ?? 0;
  }

  /** How often rows computed together are halved, because more did not fit this machine's memory. */
  get halvings(): number {
    return this.request.halvings ?? 0;
  }

  /** Rows that may decode together. */
  get samplerRows(): number {
    return halved(MOST_ROWS, this.halvings);
  }

  modelFolder(name: "model" | "teacher"): string {
    const folder = this.request.models[name];
    if (folder === undefined) throw new Error(`the host gave the stage no folder for "${name}"`);
    return folder;
  }

  started(parameters: number | null, totalSteps: number): void {
    this.#lastUsage ??= Number.NEGATIVE_INFINITY;
    const { kind, version, device, threads, warnings } = this.runtime;
    this.#reportedWarnings = warnings.length;
    this.#context.emit({
      type: "started",
      runtime: kind,
      runtimeVersion: version,
      device,
      threads,
      parameters,
      totalSteps,
      fromStep: this.fromStep,
      warnings: [...warnings],
    });
  }

  /** `tokens` are those handled since the stage began in this process; the rate is over the last moments. */
  progress(
    done: number,
    total: number,
    unit: string,
    phase: string,
    tokens: number | null,
    always = false,
  ): void {
    this.#at = { done, total, unit };
    this.#rate.add(done, tokens);
    const now = performance.now();
    if (!always && now - this.#lastProgress < PROGRESS_INTERVAL_MS) return;
    this.#lastProgress = now;
    this.#context.emit({
      type: "progress",
      done,
      total,
      unit,
      phase,
      tokensPerSecond: tokens === null ? null : this.#rate.tokensPerSecond(),
      etaMs: this.#rate.etaMs(total),
    });
    if (this.#lastUsage !== null && now - this.#lastUsage >= USAGE_INTERVAL_MS) {
      this.#lastUsage = now;
      this.#context.emit({ type: "usage", usage: this.meter.total() });
    }
    this.#warnAnew();
  }

  /** Forgets the rate: another kind of work begins. */
  newPhase(): void {
    this.#rate.reset();
  }

  /** @param timeMs when they were measured, where that was in an earlier attempt */
  metrics(
    step: number,
    values: Readonly<Record<string, number | null>>,
    timeMs = Date.now(),
  ): void {
    const points: MetricPoint[] = Object.entries(values).flatMap(([name, value]) =>
      value === null ? [] : [{ name, step, value: Number.isFinite(value) ? value : null, timeMs }],
    );
    this.#context.emit({ type: "metrics", points });
  }

  emit(body: Parameters<StageContext["emit"]>[0]): void {
    this.#context.emit(body);
  }

  alarm(step: number, alarm: Alarm): void {
    const { evidence = [], change = null, ...words } = alarm;
    this.#context.emit({ type: "alarm", step, ...words, evidence, change });
  }

  log(message: string): void {
    this.#context.emit({ type: "log", level: "info", message });
  }

  outPath(...parts: string[]): string {
    return join(this.request.outDir, ...parts);
  }

  /** Call between steps. @throws StageEnded where the stage is to end; a checkpoint was written first if that was asked. */
  async boundary(checkpoint?: () => CheckpointParts): Promise<void> {
    // Lets the process answer messages: this is where a cancel arrives.
    await setImmediate();
    await this.#waitWhilePaused();
    this.#context.signal.throwIfAborted();
    if (!this.#context.stopRequested()) return;
    if (checkpoint !== undefined) this.keepState(checkpoint);
    throw new StageEnded();
  }

  /**
   * What the host answers; a pause, a stop or a cancel is obeyed while it is waited for.
   * @param phase what is shown meanwhile
   * @throws StageEnded, HostRefused, the signal's reason
   */
  async ask(
    question: StageQuestion,
    phase: string,
  ): Promise<Exclude<StageAnswer, { kind: "refused" }>> {
    const coming = this.#context.ask(question);
    for (;;) {
      const order = this.#context.nextOrder();
      await this.#waitWhilePaused();
      this.#context.signal.throwIfAborted();
      if (this.#context.stopRequested()) throw new StageEnded();
      const { done, total, unit } = this.#at;
      this.progress(done, total, unit, phase, null, true);
      const answer = await Promise.race([coming, order]);
      if (answer === undefined) continue;
      if (answer.kind === "refused") throw new HostRefused(answer);
      return answer;
    }
  }

  /** Work between two steps that asks the host: where it ends early, the state before it is kept. */
  async keeping<T>(checkpoint: () => CheckpointParts, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof StageEnded || error instanceof HostRefused) this.keepState(checkpoint);
      throw error;
    }
  }

  /** Writes a checkpoint before the stage ends, unless the last one is of the same step. */
  keepState(checkpoint: () => CheckpointParts): void {
    const parts = checkpoint();
    if (parts.step > this.#checkpointStep) this.checkpoint(parts);
  }

  async #waitWhilePaused(): Promise<void> {
    const pause = this.#context.pause();
    if (pause === null) return;
    const begun = performance.now();
    this.#context.emit({
      type: "progress",
      ...this.#at,
      phase: PAUSED_PHASE,
      tokensPerSecond: null,
      etaMs: null,
    });
    await pause;
    const waited = performance.now() - begun;
    this.meter.leaveOut(waited);
    this.newPhase();
    this.log(`Paused for ${String(Math.round(waited / 1000))} s; the time is not charged.`);
  }

  checkpoint(parts: CheckpointParts): void {
    const root = this.outPath("checkpoints");
    const usage = this.meter.total();
    const written = writeTrainingCheckpoint(root, {
      state: {
        step: parts.step,
        samplesSeen: parts.samplesSeen,
        scheduler: {},
        random: parts.random ?? {},
        data: parts.data ?? {},
        stage: { usage },
        configHash: configHash(this.request),
      },
      model:
        parts.model instanceof LoraModel
          ? adapterContent(parts.model, parts.tokenizerFrom)
          : {
              config: parts.model.config,
              tensors: parts.model.hostTensors(),
              tokenizerFrom: parts.tokenizerFrom,
            },
      optimizer: parts.optimizer.hostTensors(),
      ...(parts.reference ? { reference: parts.reference.hostTensors() } : {}),
      ...(parts.critic ? { critic: parts.critic } : {}),
    });
    const removed = pruneCheckpoints(root, parts.keep);
    this.#checkpointStep = parts.step;
    this.#context.emit({
      type: "checkpoint",
      step: parts.step,
      dir: written.folder,
      bytes: written.bytes,
      usage,
      removed: [...removed],
    });
  }

  /** Saves the stage's model to its output folder and says so; a trained adapter also by itself, merged into it. */
  saveModel(model: LanguageModel, tokenizerFrom: string, about: ModelFacts = {}): void {
    writeModel(model, tokenizerFrom, this.outPath(), about);
    this.#context.emit({ type: "output", kind: "model", path: this.outPath("model") });
  }

  /** Keeps the model as it is now beside the output; a later call takes its place. */
  keepBest(model: LanguageModel, tokenizerFrom: string, about: ModelFacts = {}): void {
    writeModel(model, tokenizerFrom, this.outPath(BEST), about);
  }

  /** Makes the model the stage's output, or the one of the step that measured best, where that is another. */
  saveBestOrLast(
    model: LanguageModel,
    tokenizerFrom: string,
    { best, last }: { readonly best: number | null; readonly last: number },
    about: ModelFacts = {},
  ): void {
    if (best === null || best === last) {
      this.saveModel(model, tokenizerFrom, about);
      return;
    }
    this.log(`The stage gives the model of step ${best}, which measured best.`);
    this.#saveBest();
  }

  #saveBest(): void {
    for (const name of ["model", "adapter"]) {
      if (!existsSync(this.outPath(BEST, name))) continue;
      rmSync(this.outPath(name), { recursive: true, force: true });
      renameSync(this.outPath(BEST, name), this.outPath(name));
    }
    rmSync(this.outPath(BEST), { recursive: true, force: true });
    this.#context.emit({ type: "output", kind: "model", path: this.outPath("model") });
  }

  #warnAnew(): void {
    const { warnings } = this.runtime;
    for (const message of warnings.slice(this.#reportedWarnings))
      this.#context.emit({ type: "log", level: "warning", message });
    this.#reportedWarnings = warnings.length;
  }
}

function usageOf(state: TrainingState): Usage | null {
  const stage = state.stage as { readonly usage?: Usage } | null;
  return stage?.usage ?? null;
}
