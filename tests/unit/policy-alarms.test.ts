/** Alarms of reinforcement learning: when each is raised, that it is raised once, and what a resume keeps. */
import { expect, test } from "vitest";
import { ALARM_LIMITS } from "#shared/schema/alarm-limits.ts";
import { guardStep } from "#main/engine/stages/session/guard-step.ts";
import { policySigns } from "#main/engine/stages/grpo-metrics.ts";
import { PolicyAlarms } from "#main/engine/training/alarms.ts";
import type { Alarm, PolicySigns } from "#main/engine/training/alarms.ts";
import { NonFiniteError } from "#main/engine/training/trainer.ts";
import type { Generation } from "#main/engine/stages/generation.ts";

const WELL: PolicySigns = {
  fracZeroStd: 0.3,
  truncatedShare: 0.1,
  entropy: 0.5,
  kl: 0.1,
  formatMean: 0.9,
  accuracy: new Map([[3, 0.5]]),
};

/** The codes that each batch raises. */
function raisedBy(batches: readonly Partial<PolicySigns>[], alarms = new PolicyAlarms()) {
  return batches.map((signs) => alarms.check({ ...WELL, ...signs }).map(({ code }) => code));
}

function times(count: number, signs: Partial<PolicySigns>): Partial<PolicySigns>[] {
  return Array.from({ length: count }, () => signs);
}

test.each<readonly [string, Partial<PolicySigns>, Partial<PolicySigns>]>([
  ["no-signal", { fracZeroStd: 0.95 }, { fracZeroStd: ALARM_LIMITS.fracZeroStd }],
  ["truncated", { truncatedShare: 0.6 }, { truncatedShare: ALARM_LIMITS.truncatedShare }],
  ["entropy-collapse", { entropy: 0.01 }, { entropy: ALARM_LIMITS.entropy }],
  ["kl-high", { kl: 11 }, { kl: ALARM_LIMITS.kl }],
  ["format-never", { formatMean: 0 }, { formatMean: 0.01 }],
])("%s is raised once, at the fifth batch in a row", (code, bad, atTheLimit) => {
  expect(raisedBy(times(7, bad))).toEqual([[], [], [], [], [code], [], []]);
  // Four, one that is well, four more: no five in a row.
  expect(raisedBy([...times(4, bad), {}, ...times(4, bad)]).flat()).toEqual([]);
  expect(raisedBy(times(6, atTheLimit)).flat()).toEqual([]);
});

test("hole-4 is raised where a difficulty that was solved is not any more", () => {
  const lost = { accuracy: new Map([[4, 0]]) };
  expect(raisedBy([{ accuracy: new Map([[4, 0.2]]) }, ...times(5, lost)]).at(-1)).toEqual([
    "hole-4",
  ]);
  // Never solved: nothing is lost.
  expect(raisedBy(times(6, lost)).flat()).toEqual([]);
});

test("what is not measured raises nothing", () => {
  expect(raisedBy(times(6, { entropy: null, kl: null, formatMean: null })).flat()).toEqual([]);
});

test("a resume goes on counting where the checkpoint was, and raises nothing twice", () => {
  const bad = { entropy: 0.01 };
  const before = new PolicyAlarms();
  raisedBy([{ accuracy: new Map([[4, 0.2]]) }, ...times(3, bad)], before);
  const kept: unknown = JSON.parse(JSON.stringify(before.state()));
  const resumed = new PolicyAlarms(kept);
  expect(raisedBy(times(2, bad), resumed)).toEqual([[], ["entropy-collapse"]]);
  const again = new PolicyAlarms(JSON.parse(JSON.stringify(resumed.state())));
  expect(raisedBy(times(6, bad), again).flat()).toEqual([]);
  // That difficulty 4 was solved once is not forgotten either.
  expect(raisedBy(times(5, { accuracy: new Map([[4, 0]]) }), again).at(-1)).toEqual(["hole-4"]);
  // A checkpoint of a version that kept none.
  expect(raisedBy(times(5, bad), new PolicyAlarms(undefined)).at(-1)).toEqual(["entropy-collapse"]);
});

test("one batch of completions is one sign, of the steps that first saw it", () => {
  const rollout = {
    step: 1,
    group: 0,
    index: 0,
    problemId: "p",
    difficulty: 3,
    prompt: "p",
    completion: "c",
    completionIds: [1],
    logprobs: [0],
    rewards: { format: 1 },
    reward: 1,
    advantage: 0,
    correct: true,
    finishReason: "length",
  } as const;
  const generation: Generation = {
    rows: [],
    unusable: new Map(),
    rollouts: [
      { ...rollout, completionIds: [1], logprobs: [0] },
      { ...rollout, completionIds: [1], logprobs: [0], correct: false, finishReason: "stop" },
    ],
    batchStd: 0,
    fracZeroStd: 1,
    tokens: 2,
    seconds: 1,
  };
  expect(
    policySigns(generation, [
      { entropy: 1, kl: null },
      { entropy: 3, kl: null },
    ]),
  ).toEqual({
    fracZeroStd: 1,
    truncatedShare: 0.5,
    entropy: 2,
    kl: null,
    formatMean: 1,
    accuracy: new Map([[3, 0.5]]),
  });
});

test("non-finite is raised at the step whose loss or gradient it is, and the stage ends", () => {
  const raised: [number, Alarm][] = [];
  const session = { alarm: (step: number, alarm: Alarm) => void raised.push([step, alarm]) };
  const fail = (): never => {
    throw new NonFiniteError("gradient");
  };
  expect(() => guardStep(session, 6, fail)).toThrow(
    "Training stopped at step 7: the gradient is not finite.",
  );
  expect(raised).toEqual([[7, expect.objectContaining({ code: "non-finite", level: "error" })]]);
  expect(guardStep(session, 7, () => "made")).toBe("made");
});
