import { describe, expect, test } from "vitest";
import { PipelineResults } from "#shared/schema/evaluation.ts";
import { RunId } from "#shared/schema/run.ts";
import { stageCosts } from "#renderer/features/results/stage-costs.ts";

const NOTHING = {
  wallMs: 0,
  cpuSeconds: 0,
  gpuSeconds: 0,
  tokensSampled: 0,
  tokensTrained: 0,
  flops: 0,
  energyJ: null,
  totalUsd: 0,
};

/** Results of stages that recorded so much time and so many dollars. */
function results(recorded: Readonly<Record<string, readonly [number, number]>>, boughtUsd = 0) {
  const stages = Object.entries(recorded).map(([stageName, [wallMs, totalUsd]]) => ({
    runId: `p1-${stageName}`,
    stageName,
    kind: "sft",
    cost: { ...NOTHING, wallMs, totalUsd },
  }));
  const sum = (pick: (cost: (typeof stages)[number]["cost"]) => number): number =>
    stages.reduce((total, { cost }) => total + pick(cost), 0);
  return PipelineResults.parse({
    pipelineId: "p1",
    rows: [],
    stages,
    total: {
      ...NOTHING,
      wallMs: sum(({ wallMs }) => wallMs),
      totalUsd: sum(({ totalUsd }) => totalUsd),
    },
    boughtUsd,
    unpricedRequests: 0,
    unpricedTokens: 0,
    usdPerPoint: null,
    twins: [],
  });
}

const NOW = 1_000_000;

function worked(stageName: string, activeMs: number) {
  const id = RunId.parse(`p1-${stageName}`);
  return { id, stageName, activeMs, workingSinceMs: null };
}

describe("a pipeline's costs", () => {
  test("time is the time at work that the head of the screen says, not the engine's own count", () => {
    const { stages, ms, usd } = stageCosts(
      results({ base: [4000, 0.02] }),
      [worked("base", 5000)],
      NOW,
    );
    expect(stages).toEqual([{ runId: "p1-base", stageName: "base", ms: 5000, usd: 0.02 }]);
    expect({ ms, usd }).toEqual({ ms: 5000, usd: 0.02 });
  });

  test("a stage at work is counted up to now, after what its earlier attempts took", () => {
    const atWork = { ...worked("base", 3000), workingSinceMs: NOW - 7000 };
    expect(stageCosts(results({ base: [4000, 0.02] }), [atWork], NOW).ms).toBe(10_000);
  });

  test("a stage that failed before it recorded anything shows its time and no cost", () => {
    const { stages, ms, usd } = stageCosts(
      results({ base: [4000, 0.02] }),
      [worked("base", 5000), worked("cold", 1500)],
      NOW,
    );
    expect(stages[1]).toEqual({ runId: "p1-cold", stageName: "cold", ms: 1500, usd: null });
    expect({ ms, usd }).toEqual({ ms: 6500, usd: 0.02 });
  });

  test("a record without time does not say 0 ms where the time at work is known", () => {
    const { stages } = stageCosts(results({ cold: [0, 0.01] }), [worked("cold", 1500)], NOW);
    expect(stages).toEqual([{ runId: "p1-cold", stageName: "cold", ms: 1500, usd: 0.01 }]);
  });

  test("a stage that has not worked yet has no row, and a pipeline of such stages no total", () => {
    expect(stageCosts(results({}), [worked("base", 0)], NOW)).toEqual({
      stages: [],
      ms: null,
      usd: null,
    });
  });

  test("what was bought for the pipeline is in the sum, with and without records", () => {
    expect(stageCosts(results({}, 3), [worked("cold", 1500)], NOW).usd).toBe(3);
    expect(stageCosts(results({ base: [4000, 0.5] }, 3), [worked("base", 5000)], NOW).usd).toBe(
      3.5,
    );
  });
});
