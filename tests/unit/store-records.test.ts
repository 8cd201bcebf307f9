import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { bucketRows } from "#main/store/repositories/metric-repository.ts";
import { rollout, sample } from "../helpers/store-fixture-data.ts";
import { USAGE, insertTwoStages, temporaryStore } from "../helpers/store-fixture.ts";

const EVERYTHING = { buckets: 1000 };

function openRaw(file: string): Database.Database {
  const db = new Database(file);
  onTestFinished(() => {
    db.close();
  });
  return db;
}

test("a pipeline is read back as it was written, with its runs in the recipe's order", () => {
  const { store } = temporaryStore(() => 50);
  const { pipelineId, train, check } = insertTwoStages(store);
  const pipeline = store.pipelines.get(pipelineId);
  expect(pipeline.id).toBe("p1");
  expect(pipeline.runs.map((run) => run.id)).toEqual([train, check]);
  expect(store.runs.get(check).parents).toEqual([train]);
  expect(store.runs.get(train).config.kind).toBe("sft");
});

test("an id is never used again after its pipeline was deleted", () => {
  const { store } = temporaryStore();
  store.pipelines.delete(insertTwoStages(store).pipelineId);
  expect(insertTwoStages(store).pipelineId).toBe("p2");
});

test("the database refuses to change a run's snapshot", () => {
  const { store, folder } = temporaryStore();
  insertTwoStages(store);
  const other = openRaw(`${folder}/gradus.sqlite`);
  expect(() => other.exec("UPDATE runs SET config = '{}'")).toThrow(/snapshot cannot be changed/);
  expect(() => other.exec("UPDATE runs SET seed = 8")).toThrow(/snapshot cannot be changed/);
});

test("a metric point sent twice is kept once, with its first value", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  expect(store.metrics.insert(train, [{ name: "loss", step: 1, value: 2, timeMs: 5 }])).toBe(1);
  expect(store.metrics.insert(train, [{ name: "loss", step: 1, value: 9, timeMs: 6 }])).toBe(0);
  expect([...store.metrics.points(train)]).toEqual([
    { name: "loss", step: 1, value: 2, timeMs: 5 },
  ]);
});

test("fewer points than buckets come back as they are, and a value that is not finite as null", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  store.metrics.insert(train, [
    { name: "loss", step: 1, value: 2, timeMs: 0 },
    { name: "loss", step: 2, value: null, timeMs: 0 },
    { name: "reward", step: 2, value: 1, timeMs: 0 },
  ]);
  expect(store.metrics.series(train, EVERYTHING)).toEqual([
    {
      name: "loss",
      count: 2,
      bucketed: false,
      step: [1, 2],
      min: [2, null],
      max: [2, null],
      mean: [2, null],
    },
    { name: "reward", count: 1, bucketed: false, step: [2], min: [1], max: [1], mean: [1] },
  ]);
});

test("buckets keep every peak: 10 points in 4 buckets of 2, 3, 2 and 3", () => {
  // Bounds are floor(i × 10 / 4): 0, 2, 5, 7, 10.
  const rows = [5, 1, 2, 9, 4, 3, 3, 0, 8, 1].map(
    (value, step) => [step, 1, 1, value, value, value] as const,
  );
  expect(bucketRows("x", rows, 4)).toEqual({
    name: "x",
    count: 10,
    bucketed: true,
    step: [0, 2, 5, 7],
    min: [1, 2, 3, 0],
    max: [5, 9, 3, 8],
    mean: [3, 5, 3, 3],
  });
});

test("a million points are drawn as three hundred buckets, first and last values kept", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  store.transaction(() => {
    for (let from = 0; from < 1_000_000; from += 100_000) {
      store.metrics.insert(
        train,
        Array.from({ length: 100_000 }, (_, i) => ({
          name: "loss",
          step: from + i,
          value: from + i,
          timeMs: 0,
        })),
      );
    }
  });
  const [series] = store.metrics.series(train, { buckets: 300 });
  expect(series?.count).toBe(1_000_000);
  expect(series?.step).toHaveLength(300);
  expect(series?.min[0]).toBe(0);
  expect(series?.max.at(-1)).toBe(999_999);
});

test("rollouts come back by group with token ids beyond 16 bits and exact float32 log-probabilities", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  const all = [rollout(1, 0, 0), rollout(1, 0, 1), rollout(1, 1, 0), rollout(2, 0, 0)];
  expect(store.rollouts.insert(train, all)).toBe(4);
  expect(store.rollouts.insert(train, all)).toBe(0);
  expect([...store.rollouts.all(train)]).toEqual(all);
  const groups = store.rollouts.groups(train, 1);
  expect(groups.map(({ rollouts }) => rollouts.length)).toEqual([2, 1]);
  // Rewards 0.1 and 1.1.
  expect(groups[0]?.meanReward).toBeCloseTo(0.6, 12);
  expect(groups[0]?.correct).toBe(1);
  expect(store.rollouts.tokens(train, { step: 1, group: 0, index: 1 })).toEqual({
    ids: [1, 70_000, 1],
    logprobs: [-0.5, -0.25, -2],
    entropies: null,
    trainedLogprobs: null,
  });
  expect(store.rollouts.steps(train)).toEqual([
    { step: 1, groups: 2, rollouts: 3, meanReward: expect.closeTo(1.3 / 3, 12), correct: 1 },
    { step: 2, groups: 1, rollouts: 1, meanReward: 0.1, correct: 0 },
  ]);
});

test("a list of completions holds their beginnings and answers, however long they are", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  const megabyte = "x".repeat(1_000_000);
  const texts = [
    // Whole: the last answer that is closed counts.
    "<think>a</think><answer>1</answer> no, <answer> 2 </answer>",
    "<answer>cut off",
    "a NUL \u0000 in it <answer>3</answer>",
    // 4096 bytes end within the 1366th of these characters of three bytes.
    `${"→".repeat(400_000)}<answer>4</answer>`,
    `<answer>5</answer>${megabyte}`,
    `${megabyte}<answer>${megabyte}</answer>`,
  ];
  store.rollouts.insert(
    train,
    texts.map((completion, index) => Object.assign(rollout(1, 0, index), { completion })),
  );
  const listed = store.rollouts.groups(train, 1)[0]?.rollouts ?? [];
  expect(listed.map(({ answer }) => answer)).toEqual(["2", null, "3", "4", "5", null]);
  expect(listed.map(({ isWhole }) => isWhole)).toEqual([true, true, true, false, false, false]);
  expect(listed.map(({ excerpt }) => excerpt)).toEqual([
    ...texts.slice(0, 3),
    "→".repeat(1365),
    `<answer>5</answer>${"x".repeat(4096 - 18)}`,
    "x".repeat(4096),
  ]);
  expect(JSON.stringify(listed).length).toBeLessThan(20_000);
  for (const [index, text] of texts.entries())
    expect(store.rollouts.text(train, { step: 1, group: 0, index }) === text).toBe(true);
  expect(() => store.rollouts.text(train, { step: 1, group: 0, index: 6 })).toThrow(
    expect.objectContaining({ code: "NOT_FOUND" }),
  );
});

test("what models wrote to one problem comes from benchmarks and from GRPO, of a run the last step first", () => {
  const { store } = temporaryStore();
  const { train, check } = insertTwoStages(store);
  const asked = sample(0, 0, true);
  store.evaluations.insertSamples(check, [asked, sample(1, 0, false)]);
  store.rollouts.insert(
    train,
    [1, 2].map((step) => ({ ...rollout(step, 0, 0), problemId: asked.problemId })),
  );
  const { total, completions } = store.completions.ofProblem(asked.problemId, 10);
  expect(total).toBe(3);
  const steps = (run: string) =>
    completions.filter(({ runId }) => runId === run).map(({ step }) => step);
  expect(steps(train)).toEqual([2, 1]);
  expect(steps(check)).toEqual([null]);
  expect(completions.find(({ step }) => step === null)).toMatchObject({
    completion: asked.completion,
    correct: true,
    reward: null,
  });
  expect(store.completions.ofProblem(asked.problemId, 1)).toMatchObject({
    total: 3,
    completions: [{}],
  });
  expect(store.completions.ofProblem("none/1", 10)).toEqual({ total: 0, completions: [] });
});

test("benchmark completions are filtered by how many of a problem's are right, by difficulty and text", () => {
  const { store } = temporaryStore();
  const { check } = insertTwoStages(store);
  store.evaluations.insertSamples(check, [
    sample(0, 0, true),
    sample(0, 1, true),
    sample(1, 0, false),
    sample(1, 1, true),
    sample(2, 0, false),
    sample(2, 1, false),
  ]);
  const page = { offset: 0, limit: 10 };
  const indexes = (filter: Parameters<typeof store.evaluations.problems>[1]) =>
    store.evaluations.problems(check, filter).problems.map((problem) => problem.problemIndex);
  expect(indexes({ correct: "all-right", ...page })).toEqual([0]);
  expect(indexes({ correct: "mixed", ...page })).toEqual([1]);
  expect(indexes({ correct: "all-wrong", ...page })).toEqual([2]);
  expect(indexes({ correct: "any", difficulty: 4, ...page })).toEqual([1]);
  expect(indexes({ correct: "any", text: "WHAT IS 2", ...page })).toEqual([2]);
  expect(store.evaluations.problems(check, { correct: "any", offset: 1, limit: 1 })).toMatchObject({
    total: 3,
    problems: [{ problemIndex: 1, correct: 1, samples: [{ correct: false }, { correct: true }] }],
  });
  expect(store.evaluations.listed(check, { correct: "any", offset: 1, limit: 1 })).toMatchObject({
    total: 3,
    problems: [{ problemIndex: 1, correct: 1, samples: 2 }],
  });
});

test("rewinding to a step forgets later points, rollouts, checkpoints and alarms, and keeps the history", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  for (const step of [1, 2, 3]) {
    store.metrics.insert(train, [{ name: "loss", step, value: step, timeMs: step * 10 }]);
    store.rollouts.insert(train, [rollout(step, 0, 0)]);
    store.history.addCheckpoint({
      runId: train,
      step,
      dir: `c${step}`,
      bytes: 1,
      createdAtMs: 0,
      usage: USAGE,
    });
    store.history.addAlarm({
      runId: train,
      step,
      timeMs: 0,
      code: "x",
      level: "warning",
      message: "m",
      advice: "a",
      evidence: [],
      change: null,
    });
    store.history.addEvent({
      runId: train,
      timeMs: 0,
      kind: "log",
      level: "info",
      message: `${step}`,
    });
  }
  // Counted in another unit, and before the checkpoint of step 2 (at 25): a distillation's sampled problems.
  store.metrics.insert(train, [{ name: "traces", step: 500, value: 1, timeMs: 5 }]);
  store.rewind(train, { step: 2, createdAtMs: 25 });
  expect([...store.metrics.points(train)].map(({ step }) => step)).toEqual([1, 2, 500]);
  expect(store.rollouts.steps(train).map(({ step }) => step)).toEqual([1, 2]);
  expect(store.history.checkpoints(train).map(({ step }) => step)).toEqual([1, 2]);
  expect(store.history.alarms(train).map(({ step }) => step)).toEqual([1, 2]);
  expect(store.history.events(train, { limit: 10 }).map(({ message }) => message)).toEqual([
    "1",
    "2",
    "3",
  ]);
  expect(store.runs.summary(train).lastStep).toBe(2);
  store.rewind(train, undefined);
  expect([...store.metrics.points(train)]).toEqual([]);
  expect(store.rollouts.steps(train)).toEqual([]);
});

test("a transaction that fails half-way leaves nothing behind", () => {
  const { store } = temporaryStore();
  const { train } = insertTwoStages(store);
  expect(() =>
    store.transaction(() => {
      store.metrics.insert(train, [{ name: "loss", step: 1, value: 1, timeMs: 0 }]);
      throw new Error("power cut");
    }),
  ).toThrow("power cut");
  expect(store.metrics.names(train)).toEqual([]);
});

test("time between a stop and a resume does not count as work", () => {
  const clock = { ms: 1000 };
  const { store } = temporaryStore(() => clock.ms);
  const { pipelineId, train } = insertTwoStages(store);
  store.runs.startAttempt(train, 0, 1000);
  clock.ms = 1400;
  store.runs.endAttempt(train, "stopped", null, 1400);
  clock.ms = 9000;
  store.runs.startAttempt(train, 3, 9000);
  clock.ms = 9100;
  // 400 ms of the first attempt and 100 ms of the one that still runs.
  expect(store.pipelines.summary(pipelineId).activeMs).toBe(500);
  expect(store.runs.summary(train).attempts).toBe(2);
});

test("a ledger entry's time is what the run's attempts took, once they have ended", () => {
  const clock = { ms: 1000 };
  const { store } = temporaryStore(() => clock.ms);
  const { train } = insertTwoStages(store);
  store.runs.startAttempt(train, 0, 1000);
  store.costs.set(train, {
    timeMs: 1000,
    // By the engine's own clock, which begins later.
    usage: { ...USAGE, wallMs: 300 },
    prices: store.settings.get().prices,
    computeUsd: 0,
    energyUsd: null,
    totalUsd: 0,
  });
  expect(store.costs.ofRun(train)?.usage.wallMs).toBe(300);
  expect(store.runs.summary(train)).toMatchObject({ activeMs: 0, workingSinceMs: 1000 });
  clock.ms = 1400;
  store.runs.endAttempt(train, "finished", null, 1400);
  expect(store.costs.ofRun(train)?.usage.wallMs).toBe(400);
  expect(store.runs.summary(train)).toMatchObject({ activeMs: 400, workingSinceMs: null });
});

test("settings have defaults, and a change of one leaves the others", () => {
  const { store } = temporaryStore();
  expect(store.settings.get().theme).toBe("system");
  store.settings.set({ theme: "dark" });
  store.settings.set({ prices: { ...store.settings.get().prices, usdPerKWh: 0.3 } });
  expect(store.settings.get()).toMatchObject({ theme: "dark", prices: { usdPerKWh: 0.3 } });
});
