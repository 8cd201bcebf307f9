import { describe, expect, test } from "vitest";
import type { MetricSeries, RolloutGroup } from "#shared/schema/metrics.ts";
import { splitTags } from "../../src-renderer/features/run/completions/completion-parts.ts";
import { flattenConfig } from "../../src-renderer/features/run/aside/flatten-config.ts";
import { chartSpecs } from "../../src-renderer/charts/metric-catalogue.ts";
import { nearestStep } from "../../src-renderer/features/run/charts/nearest-step.ts";
import {
  hasNoSpread,
  matchesVerdict,
  meanAndSd,
  rewardNames,
} from "../../src-renderer/features/run/completions/rollout-groups.ts";
import { BUCKETS, RunMetrics } from "../../src-renderer/features/run/run-metrics.ts";

describe("the charts of a run", () => {
  test("put TRL's names together: rewards in one chart, lengths as a band", () => {
    const specs = chartSpecs([
      "rewards/format/mean",
      "rewards/answer/mean",
      "completions/mean_length",
      "completions/min_length",
      "completions/max_length",
      "loss",
    ]);
    expect(specs.map((spec) => spec.id)).toEqual(["rewards", "loss", "length"]);
    expect(specs[0]?.lines.map((line) => line.label)).toEqual(["answer", "format"]);
    expect(specs[2]?.band).toEqual({
      low: "completions/min_length",
      high: "completions/max_length",
    });
  });

  test("hide nothing: a metric nobody knows has a chart of its own", () => {
    expect(chartSpecs(["loss", "my/new_metric"]).map((spec) => spec.title)).toEqual([
      "Loss",
      "my/new_metric",
    ]);
    // Without its shortest and longest there is no band, and the mean still shows.
    expect(chartSpecs(["completions/mean_length"])[0]?.band).toBeUndefined();
    expect(chartSpecs(["completions/min_length"]).map((spec) => spec.id)).toEqual([
      "completions/min_length",
    ]);
  });

  test("show shares in percent", () => {
    expect(chartSpecs(["accuracy"])[0]?.format(0.615)).toBe("61.5");
  });
});

describe("a run's metrics", () => {
  const stored: MetricSeries = {
    name: "loss",
    count: 3,
    bucketed: false,
    step: [1, 2, 3],
    min: [3, 2, 1],
    max: [3, 2, 1],
    mean: [3, 2, 1],
  };
  const point = (
    step: number,
    value: number | null,
  ): { name: string; step: number; value: number | null; timeMs: number } => ({
    name: "loss",
    step,
    value,
    timeMs: 0,
  });

  test("grow by live points, each once, whatever was fetched in between", () => {
    const metrics = new RunMetrics();
    metrics.load([stored]);
    expect(metrics.append([point(3, 9), point(4, null)])).toBe(true);
    expect(metrics.append([point(4, 0.5)])).toBe(false);
    const [line] = metrics.lines();
    expect(line?.steps).toEqual([1, 2, 3, 4]);
    expect(line?.values).toEqual([3, 2, 1, null]);
    expect(line?.low).toBeUndefined();
  });

  test("carry least and greatest values as a band once they are bucketed", () => {
    const metrics = new RunMetrics();
    metrics.load([{ ...stored, bucketed: true, min: [1, 1, 0], max: [5, 4, 2] }]);
    expect(metrics.lines()[0]?.low).toEqual([1, 1, 0]);
    expect(metrics.lines()[0]?.high).toEqual([5, 4, 2]);
  });

  test("ask to be fetched anew when a line is twice as long as what was asked for", () => {
    const metrics = new RunMetrics();
    metrics.append(Array.from({ length: 2 * BUCKETS }, (_, step) => point(step, 1)));
    expect(metrics.tooLong).toBe(false);
    metrics.append([point(2 * BUCKETS, 1)]);
    expect(metrics.tooLong).toBe(true);
  });
});

describe("completions", () => {
  const group = (rewards: readonly number[]): RolloutGroup => ({
    step: 1,
    group: 0,
    problemId: "q",
    difficulty: 3,
    prompt: "1+1?",
    meanReward: 0,
    correct: 0,
    rollouts: rewards.map((reward, index) => ({
      step: 1,
      group: 0,
      index,
      problemId: "q",
      difficulty: 3,
      excerpt: "",
      isWhole: true,
      answer: null,
      rewards: { format: 1, answer: reward },
      reward,
      advantage: 0,
      correct: reward > 0.5,
      finishReason: "stop" as const,
      tokens: 1,
    })),
  });

  test("a group of equal rewards has no spread and says so", () => {
    expect(hasNoSpread(group([1, 1, 1]))).toBe(true);
    expect(hasNoSpread(group([1, 0, 1]))).toBe(false);
  });

  test("the answer's reward stands first, then the others by name", () => {
    expect(rewardNames([group([1])])).toEqual(["answer", "format"]);
  });

  test("right and wrong are told apart", () => {
    const { rollouts } = group([1, 0]);
    expect(rollouts.map((one) => matchesVerdict(one, "right"))).toEqual([true, false]);
    expect(rollouts.map((one) => matchesVerdict(one, "wrong"))).toEqual([false, true]);
    expect(rollouts.every((one) => matchesVerdict(one, "all"))).toBe(true);
  });

  test("mean and sample standard deviation of 1, 2, 3, 4 are 2.5 and √(5/3)", () => {
    const { mean, sd } = meanAndSd([1, 2, 3, 4]);
    expect(mean).toBe(2.5);
    expect(sd).toBeCloseTo(Math.sqrt(5 / 3), 12);
    expect(meanAndSd([7])).toEqual({ mean: 7, sd: 0 });
  });

  test("tags are parts of their own", () => {
    const text = "<think>a</think><answer>1</answer> no, <answer> 2 </answer>";
    const parts = splitTags(text);
    expect(parts.map((part) => part.text).join("")).toBe(text);
    expect(parts.filter((part) => part.tag).map((part) => part.text)).toEqual([
      "<think>",
      "</think>",
      "<answer>",
      "</answer>",
      "<answer>",
      "</answer>",
    ]);
  });
});

test("the completions of a pinned step are those of the last step that sampled", () => {
  expect(nearestStep([0, 4, 8], undefined)).toBe(8);
  expect(nearestStep([0, 4, 8], 7)).toBe(4);
  expect(nearestStep([4, 8], 1)).toBe(4);
  expect(nearestStep([], 3)).toBeUndefined();
});

test("a stage's options are lines with dotted names, rewards with their weights", () => {
  expect(
    flattenConfig({
      kind: "grpo",
      data: { task: "arithmetic", difficulties: [3, 4] },
      rewards: [
        { name: "answer", weight: 1 },
        { name: "soft-overlong", weight: 0.5, cache_length: 20 },
      ],
      delta: undefined,
      packing: false,
    }),
  ).toEqual([
    { key: "kind", value: "grpo" },
    { key: "data.task", value: "arithmetic" },
    { key: "data.difficulties", value: "3, 4" },
    { key: "rewards", value: "answer 1, soft-overlong 0.5 cache_length 20" },
    { key: "packing", value: "false" },
  ]);
});
