/**
 * Out of memory: recognises an engine process that ran out of memory, and lets the stage resume from its last checkpoint
 * with half as many rows computed together (core/resources/rows-at-once.ts), at most three times. The stage's options
 * and its result do not change.
 */
import type { Run } from "#shared/schema/run.ts";
import type { StageOutcome } from "#main/processes/engine/supervisor.ts";
import { memoryLimitBytes } from "#main/platform/machine.ts";
import type { Store } from "#main/store/store.ts";
import { checkpointsOnDisk } from "./run-checkpoints.ts";
import type { LiveEvents } from "../workspace/live-events.ts";

const ALARM = "out-of-memory";
const SHARES = ["half", "a quarter", "an eighth"] as const;
/** After so many halvings the stage fails, with advice on its options. */
const MOST_HALVINGS = SHARES.length;
/** Share of the machine's memory: a killed process that used more was killed for memory, where the system does not count such kills. */
const NEARLY_ALL = 0.8;
/** Messages with which TensorFlow, the C++ library and V8 report that an allocation failed. */
const ALLOCATION_FAILED =
  /RESOURCE_EXHAUSTED|OOM when allocating|std::bad_alloc|Array buffer allocation failed|Cannot allocate memory/u;

export interface MemoryDeps {
  readonly store: Store;
  readonly live: LiveEvents;
  readonly now: () => number;
  /** Processes that the system has killed for memory since it started; null where it does not count them. */
  readonly oomKills: () => number | null;
}

/** Times that a run's rows have been halved so far: one alarm was written for each. */
export function halvingsOf(store: Store, run: Pick<Run, "id">): number {
  const alarms = store.history.alarms(run.id).filter(({ code }) => code === ALARM);
  return Math.min(MOST_HALVINGS, alarms.length);
}

/** Whether a stage ended because memory ran out. `killsBefore`: the system's count of such kills when the stage started. */
export function isOutOfMemory(
  outcome: StageOutcome,
  killsBefore: number | null,
  kills: number | null,
): boolean {
  if (outcome.kind === "failed") return ALLOCATION_FAILED.test(outcome.message);
  if (outcome.kind !== "crashed" || outcome.exit.signal !== "SIGKILL") return false;
  if (killsBefore !== null && kills !== null) return kills > killsBefore;
  return (outcome.rssBytes ?? 0) > NEARLY_ALL * memoryLimitBytes();
}

/**
 * Ends the attempt with OUT_OF_MEMORY and raises an alarm that says how the run goes on.
 * @returns false where the rows were halved as often as they may be: the stage has then failed
 */
export function goOnWithLess({ store, live, now }: MemoryDeps, run: Run): boolean {
  const halvings = halvingsOf(store, run) + 1;
  if (halvings > MOST_HALVINGS) return false;
  const lastStep = store.runs.summary(run.id).lastStep;
  const step = checkpointsOnDisk(store, run.id).at(-1)?.step ?? 0;
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
      evidence: [],
      change: null,
    });
  });
  live.publish([{ type: "alarm", alarm }]);
  return true;
}

/** The outcome of a stage that ran out of memory with the fewest rows too. */
export function outOfMemory(): StageOutcome {
  return {
    kind: "failed",
    code: "OUT_OF_MEMORY",
    message: `The engine process was ended for want of memory, with ${SHARES.at(-1) ?? ""} of the rows computed together too.`,
    advice:
      "Take gradient_checkpointing, use_peft, shorter rows or a smaller model, or end what else uses the memory and resume.",
    stack: null,
    kept: false,
  };
}
