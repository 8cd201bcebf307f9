/**
 * Writes one stage's messages to the store, a batch in a transaction, and announces them once they
 * are on disk.
 */
import { assertNever } from "#shared/errors.ts";
import type { EngineMessage, EngineMessageBody, Usage } from "#shared/schema/engine-protocol.ts";
import type { LiveEvent } from "#shared/schema/live.ts";
import type { Level, RunEvent, RunId } from "#shared/schema/run.ts";
import type { StageJournal } from "#main/processes/engine/supervisor.ts";
import type { Store } from "#main/store/store.ts";
import { costOfUsage } from "../costs/cost-of-usage.ts";
import type { LiveEvents } from "../workspace/live-events.ts";

export class RunRecorder implements StageJournal {
  readonly #store: Store;
  readonly #live: LiveEvents;
  readonly #runId: RunId;
  /** What a benchmark's result is called: the model that it measures. */
  readonly #label: string;
  readonly #now: () => number;

  constructor(store: Store, live: LiveEvents, runId: RunId, label: string, now: () => number) {
    this.#store = store;
    this.#live = live;
    this.#runId = runId;
    this.#label = label;
    this.#now = now;
  }

  record(messages: readonly EngineMessage[]): void {
    const events: LiveEvent[] = [];
    this.#store.transaction(() => {
      for (const message of messages) {
        this.#apply(message.body, message.timeMs, (event) => {
          events.push(event);
        });
      }
      this.#store.runs.setLastHeard(this.#runId, this.#now());
    });
    events.push({ type: "run", run: this.#store.runs.summary(this.#runId) });
    this.#live.publish(events);
  }

  #apply(body: EngineMessageBody, timeMs: number, announce: (event: LiveEvent) => void): void {
    const runId = this.#runId;
    const { runs, metrics, rollouts, evaluations, history } = this.#store;
    const tell = (kind: RunEvent["kind"], level: Level, message: string): void => {
      announce({ type: "event", event: history.addEvent({ runId, timeMs, kind, level, message }) });
    };
    switch (body.type) {
      case "started": {
        const run = runs.get(runId);
        const { runtime, runtimeVersion, device, threads, parameters } = body;
        runs.setStarted(runId, {
          environment: {
            ...run.environment,
            runtime,
            runtimeVersion,
            device,
            threads,
            parameters,
          },
          totalSteps: body.totalSteps,
          warnings: body.warnings,
        });
        const from = body.fromStep > 0 ? `, from step ${body.fromStep}` : "";
        tell("attempt", "info", `${runtime} ${runtimeVersion} on ${device}${from}`);
        for (const warning of body.warnings) tell("attempt", "warning", warning);
        return;
      }
      case "progress": {
        const { type: _type, ...progress } = body;
        runs.setProgress(runId, { ...progress, timeMs });
        return;
      }
      case "metrics": {
        const added = metrics.insert(runId, body.points);
        if (added < body.points.length) {
          const twice = body.points.length - added;
          tell("protocol", "warning", `${twice} metric points were sent twice and kept once.`);
        }
        const last = Math.max(...body.points.map((point) => point.step));
        if (last > runs.summary(runId).lastStep) runs.setLastStep(runId, last);
        announce({ type: "metrics", runId, points: body.points });
        return;
      }
      case "rollouts": {
        const added = rollouts.insert(runId, body.rollouts);
        if (added < body.rollouts.length) {
          const twice = body.rollouts.length - added;
          tell("protocol", "warning", `${twice} completions were sent twice and kept once.`);
        }
        for (const step of new Set(body.rollouts.map((one) => one.step))) {
          announce({ type: "rollouts", runId, step });
        }
        return;
      }
      case "rollout-scores":
        rollouts.setScores(runId, body.scores);
        for (const step of new Set(body.scores.map((one) => one.step))) {
          announce({ type: "rollouts", runId, step });
        }
        return;
      case "evaluation-samples":
        evaluations.insertSamples(runId, body.samples);
        announce({ type: "samples", runId, count: evaluations.countSamples(runId) });
        return;
      case "evaluation":
        evaluations.setSummary(runId, this.#label, body.summary);
        announce({ type: "evaluation", runId });
        return;
      case "checkpoint": {
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
        announce({ type: "checkpoint", checkpoint });
        tell("checkpoint", "info", `Checkpoint of step ${step} written.`);
        return;
      }
      case "alarm": {
        const { code, level, step, message, advice } = body;
        announce({
          type: "alarm",
          alarm: history.addAlarm({ runId, step, timeMs, code, level, message, advice }),
        });
        tell("alarm", level, `${message} ${advice}`);
        return;
      }
      case "log":
        tell("log", body.level, body.message);
        return;
      case "output":
        runs.setOutput(runId, body);
        tell(
          "output",
          "info",
          body.kind === "model"
            ? "The model was written."
            : `The dataset was written${body.records === undefined ? "" : `: ${body.records} records`}.`,
        );
        return;
      case "finished":
      case "cancelled":
        this.#charge(body.usage, timeMs);
        return;
      case "failed":
        // What the user reads is the run's reason; the stack is for whoever mends it.
        if (body.stack !== undefined) tell("log", "error", body.stack);
        return;
      case "heartbeat":
        return;
      default:
        assertNever(body);
    }
  }

  #charge(usage: Usage, timeMs: number): void {
    const prices = this.#store.settings.get().prices;
    this.#store.runs.setUsage(this.#runId, usage);
    this.#store.costs.set(this.#runId, { timeMs, usage, prices, ...costOfUsage(usage, prices) });
  }
}
