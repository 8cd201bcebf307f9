/**
 * A stage whose process ended for want of memory goes on from its last checkpoint with half of the rows computed
 * together, a few times. Its options stay as they are, and so does what it computes: a gradient is a sum over rows.
 */
import type { Run } from "#shared/schema/run.ts";
import type { StageOutcome } from "#main/processes/engine/supervisor.ts";
import { memoryLimitBytes } from "#main/platform/machine.ts";
import type { Store } from "#main/store/store.ts";
import { keptCheckpoints } from "./kept-checkpoints.ts";
import type { LiveEvents } from "../workspace/live-events.ts";

const ALARM = "out-of-memory";
const SHARES = ["half", "a quarter", "an eighth"] as const;
/** A stage that does not fit with the least share of its rows is told to change. */
const MOST_HALVINGS = SHARES.length;
/** Of what there is: a process above it that is killed was killed for memory, where the system keeps no count. */
const NEARLY_ALL = 0.8;
/** How TensorFlow, the C++ library and V8's buffers say that they got no memory. */
const SAID =
  /RESOURCE_EXHAUSTED|OOM when allocating|std::bad_alloc|Array buffer allocation failed|Cannot allocate memory/u;

export interface MemoryDeps {
  readonly store: Store;
  readonly live: LiveEvents;
  readonly now: () => number;
  /** Processes that the system has ended for memory since it started; null where it does not tell. */
  readonly oomKills: () => number | null;
}

/** How often the rows of a run have been halved. */
export function halvingsOf(store: Store, run: Pick<Run, "id">): number {
  const alarms = store.history.alarms(run.id).filter(({ code }) => code === ALARM);
  return Math.min(MOST_HALVINGS, alarms.length);
}

/** Whether a stage ended for want of memory. `killsBefore`: the system's count when it started. */
export function isOutOfMemory(
  outcome: StageOutcome,
  killsBefore: number | null,
  kills: number | null,
): boolean {
  if (outcome.kind === "failed") return SAID.test(outcome.message);
  if (outcome.kind !== "crashed" || outcome.exit.signal !== "SIGKILL") return false;
  if (killsBefore !== null && kills !== null) return kills > killsBefore;
  return (outcome.rssBytes ?? 0) > NEARLY_ALL * memoryLimitBytes();
}

/**
 * Writes down that the attempt ended for memory, and says so in an alarm. False where the rows were halved as often as
 * they may be: the stage has then failed.
 */
export function goOnWithLess({ store, live, now }: MemoryDeps, run: Run): boolean {
  const halvings = halvingsOf(store, run) + 1;
  if (halvings > MOST_HALVINGS) return false;
  const lastStep = store.runs.summary(run.id).lastStep;
  const step = keptCheckpoints(store, run.id).at(-1)?.step ?? 0;
  const timeMs = now();
  const message = `The engine process was ended for want of memory after step ${lastStep}: it goes on from step ${step} with ${SHARES[halvings - 1] ?? ""} of the rows computed together.`;
  const advice =
    "What is computed stays the same, more slowly. gradient_checkpointing, use_peft or a smaller per_device_train_batch_size need less memory from the start.";
  const alarm = store.transaction(() => {
    store.runs.endAttempt(
      run.id,
      "stopped",
      { code: "OUT_OF_MEMORY", message, advice: null },
      timeMs,
    );
    return store.history.addAlarm({
      runId: run.id,
      step,
      timeMs,
      code: ALARM,
      level: "warning",
      message,
      advice,
    });
  });
  live.publish([{ type: "alarm", alarm }]);
  return true;
}

/** How a stage ends that does not fit whatever is halved. */
export function outOfMemory(): StageOutcome {
  return {
    kind: "failed",
    code: "OUT_OF_MEMORY",
    message: `The engine process was ended for want of memory, with ${SHARES.at(-1) ?? ""} of the rows computed together too.`,
    advice:
      "Take gradient_checkpointing, use_peft, shorter rows or a smaller model, or end what else uses the memory and resume.",
    stack: null,
  };
}
