/** Alarms of reinforcement learning: when each is raised, that it is raised once, and what a resume keeps. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { z } from "zod";
import { ALARM_LIMITS } from "#shared/schema/alarm-limits.ts";
import type { Rollout } from "#shared/schema/engine-protocol.ts";
import { RewardSpec } from "#shared/schema/reward.ts";
import { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { unjudgedProblems } from "#main/core/rewards/scoring/unjudged-problems.ts";
import { guardStep } from "#main/engine/stages/session/guard-step.ts";
import { overlapAlarms } from "#main/engine/stages/session/overlap-alarm.ts";
import { evidenceOf, policySigns } from "#main/engine/stages/rollouts/policy-signs-of.ts";
import { changeFor } from "#main/engine/training/alarm-changes.ts";
import { PolicyAlarms } from "#main/engine/training/alarms.ts";
import type { Alarm } from "#main/engine/training/alarms.ts";
import type { PolicySigns } from "#main/engine/training/policy-signs.ts";
import { problemWith } from "../helpers/problem-with.ts";
import { NonFiniteError } from "#main/engine/training/trainer.ts";

const STAGE = GrpoStage.parse({
  kind: "grpo",
  name: "grpo",
  model: "base",
  data: { task: "arithmetic", difficulties: [3, 4] },
  generation_batch_size: 64,
  max_steps: 10,
});

const WELL: PolicySigns = {
  fracZeroStd: 0.3,
  fracAllWrong: 0.2,
  fracAllRight: 0.1,
  anyRight: 0.8,
  truncatedShare: 0.1,
  repetitiveShare: 0,
  language: 1,
  meanLength: 60,
  entropy: 0.5,
  kl: 0.1,
  formatMean: 0.6,
  accuracyMean: 0.5,
  accuracy: new Map([[3, 0.5]]),
  byTag: new Map(),
  bySource: new Map(),
  samplerDifference: 0.001,
  firstRatio: 1,
  gradingShare: 0.05,
};

/** The codes that each batch raises. */
function raisedBy(batches: readonly Partial<PolicySigns>[], alarms = new PolicyAlarms(STAGE)) {
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
  ["all-wrong", { fracAllWrong: 0.95 }, { fracAllWrong: ALARM_LIMITS.sameVerdict }],
  ["all-right", { fracAllRight: 0.95 }, { fracAllRight: ALARM_LIMITS.sameVerdict }],
  ["repetition", { repetitiveShare: 0.4 }, { repetitiveShare: ALARM_LIMITS.repetitive }],
  ["language-mixing", { language: 0.7 }, { language: ALARM_LIMITS.language }],
  ["sampler-apart", { samplerDifference: 0.2 }, { samplerDifference: 0.1 }],
  ["ratio-off", { firstRatio: 0.8 }, { firstRatio: 1.09 }],
  ["ratio-off", { firstRatio: 1.2 }, { firstRatio: 0.91 }],
  ["grading-slow", { gradingShare: 0.6 }, { gradingShare: ALARM_LIMITS.gradingShare }],
])("%s is raised once, at the fifth batch in a row", (code, bad, atTheLimit) => {
  expect(raisedBy(times(7, bad))).toEqual([[], [], [], [], [code], [], []]);
  // Four, one that is well, four more: no five in a row.
  expect(raisedBy([...times(4, bad), {}, ...times(4, bad)]).flat()).toEqual([]);
  expect(raisedBy(times(6, atTheLimit)).flat()).toEqual([]);
});

test.each<readonly [string, Partial<PolicySigns>, Partial<PolicySigns>]>([
  // Twice the 60 tokens of the start, and no more right answers; with more, the length is worth it.
  ["length-explosion", { meanLength: 121 }, { meanLength: 121, accuracyMean: 0.6 }],
  // The format gained 30 points while the answers lost 10; with equal answers nothing is lost.
  ["format-gamed", { formatMean: 0.9, accuracyMean: 0.4 }, { formatMean: 0.9 }],
  // Fewer prompts have any right answer while more answers are right; with fewer answers it is a plain loss.
  ["coverage-lost", { anyRight: 0.65, accuracyMean: 0.55 }, { anyRight: 0.65, accuracyMean: 0.45 }],
])("%s is raised where it came since the first five batches", (code, bad, well) => {
  expect(raisedBy([...times(5, {}), ...times(6, bad)]).flat()).toEqual([code]);
  expect(raisedBy([...times(5, {}), ...times(6, well)]).flat()).toEqual([]);
  // From the beginning so: that is how the run is, and no drift.
  expect(raisedBy(times(12, bad)).flat()).toEqual([]);
});

test("an entropy that was low from a cold start on is no collapse until most of it is lost", () => {
  const start = times(5, { entropy: 0.04 });
  expect(raisedBy([...start, ...times(6, { entropy: 0.015 })]).flat()).toEqual([]);
  expect(raisedBy([...start, ...times(6, { entropy: 0.009 })]).flat()).toEqual([
    "entropy-collapse",
  ]);
});

test("hole-4 is raised where a difficulty that was solved is not any more", () => {
  const lost = { accuracy: new Map([[4, 0]]) };
  expect(raisedBy([{ accuracy: new Map([[4, 0.2]]) }, ...times(5, lost)]).at(-1)).toEqual([
    "hole-4",
  ]);
  // Never solved: nothing is lost.
  expect(raisedBy(times(6, lost)).flat()).toEqual([]);
});

test("hole-tag is raised where a tag that was solved is not any more, by more than chance", () => {
  const of = (completions: number, right: number): Partial<PolicySigns> => ({
    byTag: new Map([["algebra", { completions, right }]]),
  });
  // 8 of 32 were right; of 8 completions a batch two are missed each, and seven after the fourth batch: the fifth in a row
  // for which that holds is the eighth.
  const lost = [of(32, 8), ...times(8, of(8, 0))];
  expect(raisedBy(lost).flat()).toEqual(["hole-tag-algebra"]);
  expect(raisedBy(lost.slice(0, -1)).flat()).toEqual([]);
  // One right answer begins anew; a tag that was hardly ever solved is not lost; where all is lost, it is no hole.
  expect(raisedBy([...lost.slice(0, -1), of(8, 1), of(8, 0)]).flat()).toEqual([]);
  expect(raisedBy([of(100, 4), ...times(30, of(8, 0))]).flat()).toEqual([]);
  expect(raisedBy([of(32, 8), ...times(9, { ...of(8, 0), accuracyMean: 0.4 })]).flat()).toEqual([]);
  const before = new PolicyAlarms(STAGE);
  raisedBy(lost.slice(0, -1), before);
  const resumed = new PolicyAlarms(STAGE, JSON.parse(JSON.stringify(before.state())));
  expect(raisedBy([of(8, 0)], resumed)).toEqual([["hole-tag-algebra"]]);
});

const asked = (id: string, prompt: string) => problemWith({ id, prompt });
const LEARNT = [asked("mine/9", "what is 2 + 2?"), asked("mine/8", "What is 4 + 4?")];
const MEASURED = [asked("set/1", "What is  2 + 2?"), asked("set/2", "What is 3 + 3?")];

test("a problem that is trained on and measured on is told at the start", () => {
  const measures = [{ benchmark: null, problems: MEASURED }];
  const of = (eval_data?: GrpoStage["eval_data"]) =>
    overlapAlarms(LEARNT, measures, { eval_data }).at(0);
  expect(of()).toMatchObject({ code: "train-test-overlap", change: null });
  expect(of()?.message).toContain("1 of 2 problems that the stage is measured on");
  expect(of()?.message).toContain('set/1 ("What is 2 + 2?")');
  expect(of({ problems: "mine", split: "train" })?.change).toEqual({
    option: "eval_data",
    value: { problems: "mine", split: "test" },
  });
  expect(overlapAlarms(LEARNT.slice(1), measures, {})).toEqual([]);
});

test("a problem that is trained on and that a later benchmark asks is told, each benchmark by its name", () => {
  const measures = [
    { benchmark: "after", problems: MEASURED },
    { benchmark: "other", problems: MEASURED.slice(1) },
    { benchmark: "whole", problems: [...MEASURED, ...LEARNT] },
  ];
  const told = overlapAlarms(LEARNT, measures, { data: { problems: "mine", split: "test" } });
  expect(told.map(({ message }) => message.slice(0, 50))).toEqual([
    "1 of 2 problems that the benchmark after asks are ",
    "2 of 3 problems that the benchmark whole asks are ",
  ]);
  expect(told[0]?.change).toEqual({ option: "data", value: { problems: "mine", split: "train" } });
  const first = { benchmark: "large", problems: MEASURED, more: true };
  expect(overlapAlarms(LEARNT, [first], {})[0]?.message).toMatch(
    /^1 of the first 2 problems that the benchmark large asks are /u,
  );
  const [plain] = overlapAlarms(LEARNT, measures, { data: { problems: "mine", split: "train" } });
  expect(plain?.change).toBeNull();
});

test("what is not measured raises nothing", () => {
  const nothing = { entropy: null, kl: null, formatMean: null, language: null };
  const apart = { samplerDifference: null, firstRatio: null };
  expect(raisedBy(times(12, { ...nothing, ...apart })).flat()).toEqual([]);
});

test("a resume goes on counting where the checkpoint was, and raises nothing twice", () => {
  const bad = { entropy: 0.01 };
  const before = new PolicyAlarms(STAGE);
  raisedBy([{ accuracy: new Map([[4, 0.2]]) }, ...times(3, bad)], before);
  const kept: unknown = JSON.parse(JSON.stringify(before.state()));
  const resumed = new PolicyAlarms(STAGE, kept);
  expect(raisedBy(times(2, bad), resumed)).toEqual([[], ["entropy-collapse"]]);
  const again = new PolicyAlarms(STAGE, JSON.parse(JSON.stringify(resumed.state())));
  expect(raisedBy(times(6, bad), again).flat()).toEqual([]);
  // That difficulty 4 was solved once is not forgotten either.
  expect(raisedBy(times(5, { accuracy: new Map([[4, 0]]) }), again).at(-1)).toEqual(["hole-4"]);
  // A checkpoint of a version that kept none.
  expect(raisedBy(times(5, bad), new PolicyAlarms(STAGE, undefined)).at(-1)).toEqual([
    "entropy-collapse",
  ]);
});

const ROLLOUT: Rollout = {
  step: 1,
  group: 0,
  index: 0,
  problemId: "p",
  difficulty: 3,
  prompt: "How many?",
  completion: "three words here",
  completionIds: [1, 2],
  logprobs: [-1, -1],
  rewards: { format: 1 },
  reward: 1,
  advantage: 0,
  correct: true,
  finishReason: "stop",
};

test("one batch of completions is one sign, of the steps that first saw it", () => {
  const rollouts: Rollout[] = [
    { ...ROLLOUT, finishReason: "length" },
    { ...ROLLOUT, index: 1, correct: false },
    // Of seven four-word sequences two are new, and half of its words are not the prompt's.
    {
      ...ROLLOUT,
      group: 1,
      completion: "да no да no да no да no да no",
      correct: false,
      completionIds: [1, 2, 3, 4],
      logprobs: [-1, -1, -1, -1],
    },
  ];
  const scored = {
    logprobs: Float32Array.of(-1, -0.5),
    entropies: Float32Array.of(1, 1),
  };
  const tags = new Map([["p", ["sums"]]]);
  const sources = new Map([["p", "arithmetic"]]);
  const signs = policySigns(
    { rollouts, fracZeroStd: 0.5, seconds: 4, gradingSeconds: 1, kl: null, tags, sources },
    [
      { entropy: 1, kl: null, tokens: [scored, null] },
      { entropy: 3, kl: null, tokens: [null] },
    ],
  );
  expect(signs).toEqual({
    fracZeroStd: 0.5,
    fracAllWrong: 0.5,
    fracAllRight: 0,
    anyRight: 0.5,
    truncatedShare: 1 / 3,
    repetitiveShare: 1 / 3,
    // 1, 1 and a half.
    language: 2.5 / 3,
    meanLength: 8 / 3,
    entropy: 2,
    kl: null,
    formatMean: 1,
    accuracyMean: 1 / 3,
    accuracy: new Map([[3, 1 / 3]]),
    byTag: new Map([["sums", { completions: 3, right: 1 }]]),
    bySource: new Map([["arithmetic", { completions: 3, right: 1, reward: 3 * ROLLOUT.reward }]]),
    samplerDifference: 0.25,
    firstRatio: (1 + Math.exp(0.5)) / 2,
    gradingShare: 0.25,
  });
});

test("what a batch's later steps are computed with has moved already: the ratio is of its first step", () => {
  const rollouts = [ROLLOUT, { ...ROLLOUT, index: 1 }];
  const entropies = Float32Array.of(1, 1);
  const step = (logprob: number) => ({
    ...{ entropy: 1, kl: null },
    tokens: [{ logprobs: Float32Array.of(logprob, logprob), entropies }],
  });
  const batch = { rollouts, fracZeroStd: 0, seconds: 4, gradingSeconds: 1 };
  const { firstRatio, samplerDifference } = policySigns(batch, [step(-1), step(-3)]);
  expect({ firstRatio, samplerDifference }).toEqual({ firstRatio: 1, samplerDifference: 0 });
});

test("problems whose answers nothing judges are not all wrong", () => {
  const rollouts = [
    { ...ROLLOUT, correct: false },
    { ...ROLLOUT, group: 1, problemId: "q", correct: false },
  ];
  const batch = { rollouts, fracZeroStd: 0, seconds: 4, gradingSeconds: 1 };
  expect(policySigns(batch, []).fracAllWrong).toBe(1);
  expect(policySigns({ ...batch, unjudged: new Set(["q"]) }, []).fracAllWrong).toBe(0.5);
});

test("where no reward goes by the answer, nothing says that answers are wrong", () => {
  const judged = problemWith({ id: "a", prompt: "1+1?", gold: "2" });
  const open = problemWith({ id: "b", prompt: "Tell a story." });
  const ids = (rewards: unknown) =>
    [...unjudgedProblems(RewardSpec.array().parse(rewards), [judged, open, judged])].toSorted();
  const own = { file: "rewards/last-number.py", weight: 1 };
  expect(ids([{ name: "answer", weight: 1 }, own])).toEqual(["b"]);
  expect(ids([{ name: "cosine", weight: 1 }])).toEqual(["b"]);
  expect(ids([own])).toEqual(["a", "b"]);
  expect(ids([own, { name: "format", weight: 0.1 }])).toEqual(["a", "b"]);
});

test("an alarm's evidence is the completions that show it, the clearest first", () => {
  const long = { ...ROLLOUT, group: 2, index: 3, completionIds: [1, 2, 3, 4, 5], correct: false };
  const cut = { ...ROLLOUT, group: 1, index: 2, finishReason: "length" as const };
  const rollouts = [ROLLOUT, cut, long];
  const places = (code: string): string[] =>
    evidenceOf(code, rollouts).map(({ group, index }) => `${group}/${index}`);
  expect(places("truncated")).toEqual(["1/2"]);
  expect(places("length-explosion")[0]).toBe("2/3");
  expect(places("hole-3")).toEqual(["2/3"]);
  expect(evidenceOf("hole-tag-a", rollouts, { tags: new Map([["p", ["a"]]]) })).toHaveLength(1);
  expect(places("hole-tag-a")).toEqual([]);
  const sources = new Map([["p", "gcd"]]);
  expect(evidenceOf("gamed-gcd", [{ ...long, reward: 0.4 }], { sources })).toHaveLength(1);
  expect(evidenceOf("gamed-gcd", [ROLLOUT, { ...long, reward: 0 }], { sources })).toEqual([]);
  expect(places("format-gamed")).toEqual(["2/3"]);
  expect(places("repetition")).toEqual([]);
  expect(
    evidenceOf(
      "no-signal",
      Array.from({ length: 9 }, () => ROLLOUT),
    ),
  ).toHaveLength(3);
});

test("the change that an alarm offers is one that the stage can have", () => {
  const change = (code: string, stage = STAGE): unknown => changeFor(code, stage);
  expect(change("truncated")).toEqual({ option: "max_completion_length", value: 1024 });
  expect(change("all-wrong")).toEqual({ option: "num_generations", value: 16 });
  expect(change("entropy-collapse")).toEqual({ option: "epsilon_high", value: 0.28 });
  expect(change("entropy-collapse", { ...STAGE, epsilon_high: 0.3, learning_rate: 1e-4 })).toEqual({
    option: "learning_rate",
    value: 5e-5,
  });
  expect(change("hole-4")).toEqual({
    option: "data",
    value: { task: "arithmetic", difficulties: [3, 4, 4] },
  });
  expect(change("hole-9")).toBeNull();
  const data = { problems: "mine", split: "train" as const };
  expect(change("hole-tag-two words", { ...STAGE, data })).toEqual({
    option: "data",
    value: [data, { ...data, where: 'tag:"two words"', weight: 0.25 }],
  });
  expect(change("hole-tag-algebra")).toBeNull();
  expect(change("all-right")).toBeNull();
  expect(change("sampler-apart")).toBeNull();
  const codes = ["truncated", "no-signal", "coverage-lost", "kl-high", "repetition"];
  const more = ["language-mixing", "length-explosion", "format-gamed", "hole-3"];
  for (const code of [...codes, ...more]) {
    const offered = changeFor(code, STAGE);
    if (offered === null) throw new Error(`${code} offers nothing`);
    const { option, value } = offered;
    expect(GrpoStage.safeParse({ ...STAGE, [option]: value }).success, code).toBe(true);
  }
});

test("no alarm offers a bound that nothing meets, a reference that the objective refuses, or more than the context holds", () => {
  const offered = (code: string, other: Partial<GrpoStage>, room?: number): unknown =>
    changeFor(code, { ...STAGE, learning_rate: 1e-4, ...other }, room);
  const slower = { option: "learning_rate", value: 5e-5 };
  for (const code of ["entropy-collapse", "coverage-lost"]) {
    // One step of each batch: the ratio is 1.
    expect(offered(code, { generation_batch_size: 8 })).toEqual(slower);
    expect(offered(code, { loss_type: "sapo" })).toEqual(slower);
    expect(offered(code, { loss_type: "vespo" })).toEqual(slower);
    // Its bound is of the ratio itself.
    expect(offered(code, { loss_type: "cispo" })).toEqual(slower);
    expect(offered(code, { loss_type: "rloo", epsilon: 0.3, learning_rate: 1e-6 })).toEqual({
      option: "learning_rate",
      value: 5e-7,
    });
  }
  expect(offered("truncated", {}, 700)).toEqual({ option: "max_completion_length", value: 700 });
  expect(offered("truncated", {}, 512)).toBeNull();
  const rewards = [{ name: "soft_overlong" as const, weight: 1 }];
  expect(offered("length-explosion", { rewards })).toBeNull();
});

const Healthy = z.array(
  z.object({
    run: z.string(),
    batches: z.array(
      z.record(
        z.string(),
        z.union([z.number(), z.null(), z.array(z.tuple([z.number(), z.number()]))]),
      ),
    ),
  }),
);

test("a run whose rewards were gamed on one of its tasks raises that, shows the completions, and offers whole answers", () => {
  // GRPO of a 135M model on three tasks of reasoning-gym, whose partial credit an answer had that held the right one.
  const file = new URL("../fixtures/alarms/gamed-run.json", import.meta.url);
  const Counts = z.object({ completions: z.int(), right: z.int(), reward: z.number() });
  const batches = z
    .array(z.array(z.tuple([z.string(), Counts])))
    .parse(JSON.parse(readFileSync(file, "utf8")));
  const signs = batches.map((batch) => ({ bySource: new Map(batch) }));
  const raised = raisedBy(signs).flatMap((codes, batch) => codes.map((code) => ({ code, batch })));
  expect(raised).toEqual([{ code: "gamed-reasoning-gym/gcd", batch: expect.any(Number) }]);
  expect(raised[0]?.batch).toBeLessThan(30);

  // What a checkpoint keeps raises it at the same batch.
  const before = new PolicyAlarms(STAGE);
  raisedBy(signs.slice(0, 12), before);
  const after = new PolicyAlarms(STAGE, JSON.parse(JSON.stringify(before.state())));
  expect(raisedBy(signs.slice(12), after).findIndex((codes) => codes.length > 0)).toBe(
    (raised[0]?.batch ?? 0) - 12,
  );

  const partial = GrpoStage.parse({
    ...STAGE,
    rewards: [
      { name: "answer", weight: 1, partial: true },
      { name: "format", weight: 0.1 },
    ],
  });
  expect(changeFor("gamed-reasoning-gym/gcd", partial)).toEqual({
    option: "rewards",
    value: [expect.objectContaining({ name: "answer", partial: false }), expect.anything()],
  });
  expect(changeFor("gamed-reasoning-gym/gcd", STAGE)).toMatchObject({
    value: [{ name: "answer" }, { name: "format", weight: 0.05 }],
  });
});

test("nothing is raised by three healthy runs, as they were recorded", () => {
  const file = new URL("../fixtures/alarms/healthy-runs.json", import.meta.url);
  const runs = Healthy.parse(JSON.parse(readFileSync(file, "utf8")));
  expect(runs).toHaveLength(3);
  for (const { batches } of runs) {
    expect(batches.length).toBeGreaterThan(60);
    const signs = batches.map((batch) => ({
      ...batch,
      accuracy: new Map(z.array(z.tuple([z.number(), z.number()])).parse(batch["accuracy"])),
    }));
    expect(raisedBy(signs).flat()).toEqual([]);
  }
});

function unused(): never {
  throw new Error("a checkpoint is written by the session");
}

/** A step that is not finite `times` times, under watch. */
function guarded(times: number) {
  const raised: [number, Alarm][] = [];
  const kept: unknown[] = [];
  const asked: number[] = [];
  const session = {
    alarm: (step: number, alarm: Alarm) => void raised.push([step, alarm]),
    keepState: (parts: unknown) => void kept.push(parts),
  };
  const evidence = [{ step: 7, group: 0, index: 1 }];
  const run = (keep: boolean): string =>
    guardStep(session, {
      step: 6,
      training: { bf16: true, learning_rate: 1e-4 },
      evidence,
      run: (halvings) => {
        asked.push(halvings);
        if (asked.length <= times) throw new NonFiniteError("gradient");
        return "made";
      },
      ...(keep ? { keep: unused } : {}),
    });
  return { raised, kept, asked, run, evidence };
}

test("a step that is not finite is dropped and made again with half the rows, and an alarm says so", () => {
  const { raised, kept, asked, run, evidence } = guarded(1);
  expect(run(false)).toBe("made");
  expect(asked).toEqual([0, 1]);
  expect(kept).toEqual([]);
  const change = { option: "bf16", value: false };
  expect(raised).toEqual([
    [7, expect.objectContaining({ code: "non-finite-once", level: "warning", evidence, change })],
  ]);
  const fine = guarded(0);
  expect([fine.run(false), fine.asked, fine.raised]).toEqual(["made", [0], []]);
});

test("a critic's step that is not finite offers the critic's own rate", () => {
  const raised: Alarm[] = [];
  const session = { alarm: (_: number, one: Alarm) => raised.push(one), keepState: () => {} };
  const run = () => {
    throw new NonFiniteError("gradient");
  };
  const training = { bf16: false, learning_rate: 1e-4 };
  expect(() => guardStep(session, { step: 6, training, critic: true, run })).toThrow(
    "Training stopped at step 7: in the critic's update, the gradient is not finite.",
  );
  expect(raised[0]?.change).toEqual({ option: "critic_learning_rate", value: 5e-5 });
});

test("a step that is not finite twice ends the stage, with its state as it was before", () => {
  const { raised, kept, asked, run } = guarded(9);
  expect(() => run(true)).toThrow("Training stopped at step 7: the gradient is not finite.");
  expect(asked).toEqual([0, 1]);
  expect(kept).toHaveLength(1);
  expect(raised).toEqual([[7, expect.objectContaining({ code: "non-finite", level: "error" })]]);
  // In the middle of a batch of completions there is no state to keep.
  const within = guarded(9);
  expect(() => within.run(false)).toThrow("not finite");
  expect(within.kept).toEqual([]);
});

test("what is no such error is not tried again", () => {
  const { alarm, keepState } = { alarm: () => undefined, keepState: () => undefined };
  let asked = 0;
  const run = (): never => {
    asked += 1;
    throw new Error("another");
  };
  const training = { bf16: false, learning_rate: 1 };
  expect(() => guardStep({ alarm, keepState }, { step: 0, training, run })).toThrow("another");
  expect(asked).toBe(1);
});
