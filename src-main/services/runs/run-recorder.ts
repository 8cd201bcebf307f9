/**
 * Writes one stage's messages to the store, a batch in a transaction, and announces them once they
 * are on disk.
 */
import { counted } from "#shared/counted.ts";
import { assertNever } from "#shared/errors.ts";
import type { EngineMessage, EngineMessageBody, Usage } from "#shared/schema/engine-protocol.ts";
import type { LiveEvent } from "#shared/schema/live.ts";
import type { Level, RunEvent, RunId } from "#shared/schema/run.ts";
import type { StageJournal } from "#main/processes/engine/supervisor.ts";
import type { Store } from "#main/store/store.ts";
import { costOfUsage } from "../costs/cost-of-usage.ts";
import { lostWork } from "../costs/lost-work.ts";
import type { LiveEvents } from "../workspace/live-events.ts";
import { keepPassRates } from "../problems/measure-set.ts";

type Body<Type extends EngineMessageBody["type"]> = Extract<EngineMessageBody, { type: Type }>;

export class RunRecorder implements StageJournal {
  readonly #store: Store;
  readonly #live: LiveEvents;
  readonly #runId: RunId;
  /** What a benchmark's result is called: the model that it measures. */
  readonly #label: string;
  readonly #now: () => number;
  /** What the batch at hand announces. */
  #events: LiveEvent[] = [];
  /** Adds the time of work that the attempts before this one did after their last checkpoints. */
  #lost: ReturnType<typeof lostWork> | undefined;
  /** Whether the batch at hand changed what the pipeline cost. */
  #charged = false;

  constructor(store: Store, live: LiveEvents, runId: RunId, label: string, now: () => number) {
    this.#store = store;
    this.#live = live;
    this.#runId = runId;
    this.#label = label;
    this.#now = now;
  }

  record(messages: readonly EngineMessage[]): void {
    const events = this.#store.transaction(() => {
      this.#events = [];
      this.#charged = false;
      for (const { body, timeMs } of messages) this.#apply(body, timeMs);
      this.#store.runs.setLastHeard(this.#runId, this.#now());
      return this.#events;
    });
    const run = this.#store.runs.summary(this.#runId);
    this.#live.publish([...events, { type: "run", run }]);
    // What a list says of a pipeline's cost follows its stages': both are read from the same ledger.
    if (this.#charged)
      this.#live.publish([
        { type: "pipeline", pipeline: this.#store.pipelines.summary(run.pipelineId) },
      ]);
  }

  #apply(body: EngineMessageBody, timeMs: number): void {
    const runId = this.#runId;
    const { runs, evaluations } = this.#store;
    switch (body.type) {
      case "started":
        this.#begin(body, timeMs);
        return;
      case "progress": {
        const { type: _type, ...progress } = body;
        runs.setProgress(runId, { ...progress, timeMs });
        return;
      }
      case "metrics":
        this.#addPoints(body.points, timeMs);
        return;
      case "rollouts":
        this.#addRollouts(body.rollouts, timeMs);
        return;
      case "rollout-scores":
        this.#store.rollouts.setScores(runId, body.scores);
        this.#announceSteps(body.scores);
        return;
      case "evaluation-samples":
        evaluations.insertSamples(runId, body.samples);
        this.#events.push({ type: "samples", runId, count: evaluations.countSamples(runId) });
        return;
      case "evaluation":
        evaluations.setSummary(runId, this.#label, body.summary);
        this.#events.push({ type: "evaluation", runId });
        if (keepPassRates(this.#store, runId, timeMs)) this.#events.push({ type: "benchmarks" });
        return;
      case "checkpoint":
        this.#addCheckpoint(body, timeMs);
        return;
      case "alarm": {
        const { type: _type, ...facts } = body;
        if (this.#wasRaised(facts)) return;
        const alarm = this.#store.history.addAlarm({ runId, timeMs, ...facts });
        this.#events.push({ type: "alarm", alarm });
        this.#tell(timeMs, "alarm", body.level, `${body.message} ${body.advice}`);
        return;
      }
      case "log":
        this.#tell(timeMs, "log", body.level, body.message);
        return;
      case "output":
        runs.setOutput(runId, body);
        this.#tell(timeMs, "output", "info", describeOutput(body));
        return;
      case "usage":
      case "finished":
      case "cancelled":
        this.#charge(body.usage, timeMs);
        return;
      case "failed":
        // What the user reads is the run's reason; the stack is for whoever mends it.
        if (body.stack !== undefined) this.#tell(timeMs, "log", "error", body.stack);
        return;
      case "heartbeat":
      case "ask":
        return;
      default:
        assertNever(body);
    }
  }

  #begin(body: Body<"started">, timeMs: number): void {
    const { runs } = this.#store;
    const { runtime, runtimeVersion, device, threads, parameters } = body;
    const { environment } = runs.get(this.#runId);
    runs.setStarted(this.#runId, {
      environment: { ...environment, runtime, runtimeVersion, device, threads, parameters },
      totalSteps: body.totalSteps,
      warnings: body.warnings,
    });
    const from = body.fromStep > 0 ? `, from step ${body.fromStep}` : "";
    this.#tell(timeMs, "attempt", "info", `${runtime} ${runtimeVersion} on ${device}${from}`);
    for (const warning of body.warnings) this.#tell(timeMs, "attempt", "warning", warning);
  }

  #addPoints(points: Body<"metrics">["points"], timeMs: number): void {
    const runId = this.#runId;
    const { runs, metrics } = this.#store;
    const twice = points.length - metrics.insert(runId, points);
    if (twice > 0) {
      const message = `${twice} metric points were sent twice and kept once.`;
      this.#tell(timeMs, "protocol", "warning", message);
    }
    const last = Math.max(...points.map((point) => point.step));
    if (last > runs.summary(runId).lastStep) runs.setLastStep(runId, last);
    this.#events.push({ type: "metrics", runId, points });
  }

  #addRollouts(rollouts: Body<"rollouts">["rollouts"], timeMs: number): void {
    const twice = rollouts.length - this.#store.rollouts.insert(this.#runId, rollouts);
    if (twice > 0) {
      const message = `${twice} completions were sent twice and kept once.`;
      this.#tell(timeMs, "protocol", "warning", message);
    }
    this.#announceSteps(rollouts);
  }

  #announceSteps(rollouts: readonly { readonly step: number }[]): void {
    for (const step of new Set(rollouts.map((one) => one.step))) {
      this.#events.push({ type: "rollouts", runId: this.#runId, step });
    }
  }

  /** What is told before the first step is told again by a stage that begins anew. */
  #wasRaised({ step, code, message }: Omit<Body<"alarm">, "type">): boolean {
    if (step > 0) return false;
    const before = this.#store.history.alarms(this.#runId);
    return before.some((one) => one.code === code && one.message === message);
  }

  #addCheckpoint(body: Body<"checkpoint">, timeMs: number): void {
    const runId = this.#runId;
    const { history } = this.#store;
    const { step, dir, bytes, usage } = body;
    const checkpoint = history.addCheckpoint({
      runId,
      step,
      dir,
      bytes,
      usage,
      createdAtMs: timeMs,
    });
    for (const removed of body.removed) {
      if (removed !== dir) history.markCheckpointRemoved(runId, removed, timeMs);
    }
    this.#charge(usage, timeMs);
    this.#events.push({ type: "checkpoint", checkpoint });
    this.#tell(timeMs, "checkpoint", "info", `Checkpoint of step ${step} written.`);
  }

  #tell(timeMs: number, kind: RunEvent["kind"], level: Level, message: string): void {
    const runId = this.#runId;
    const event = this.#store.history.addEvent({ runId, timeMs, kind, level, message });
    this.#events.push({ type: "event", event });
  }

  #charge(counted: Usage, timeMs: number): void {
    const prices = this.#store.settings.get().prices;
    this.#charged = true;
    this.#lost ??= lostWork(this.#store.costs.ofRun(this.#runId)?.usage, counted);
    const usage = { ...counted, ...this.#lost(counted) };
    this.#store.runs.setUsage(this.#runId, usage);
    this.#store.costs.set(this.#runId, { timeMs, usage, prices, ...costOfUsage(usage, prices) });
  }
}

function describeOutput({ kind, records }: Body<"output">): string {
  if (kind === "model") return "The model was written.";
  return `The dataset was written${records === undefined ? "" : `: ${counted(records, "record")}`}.`;
}
