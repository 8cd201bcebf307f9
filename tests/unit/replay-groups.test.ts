/** Which earlier groups come again in the places of those that teach nothing, and with what: worked out by hand. */
import { expect, test } from "vitest";
import { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { Generation } from "#main/engine/stages/rollouts/generation.ts";
import { ReplayGroups } from "#main/engine/stages/rollouts/replay-groups.ts";
import type { PolicyRow, RowLogprobs } from "#main/engine/training/policy-row.ts";

const rollout = {
  ...{ step: 1, group: 0, index: 0, problemId: "p", difficulty: 1, prompt: "p", completion: "c" },
  ...{ logprobs: [0], rewards: {}, reward: 0, advantage: 0, finishReason: "stop" as const },
};

/** A batch of groups of two: of each its name, and right (r) or wrong (w); equal ones have advantage 0. */
function batch(...groups: readonly (readonly [number, string])[]): Generation {
  const rows = groups.flatMap(([id, verdicts]) =>
    verdicts.split("").map((verdict, i) => ({
      id: 10 * id + i,
      correct: verdict === "r",
      advantage: verdicts === "rw" || verdicts === "wr" ? (verdict === "r" ? 0.7 : -0.7) : 0,
    })),
  );
  return {
    rows: rows.map(({ id, advantage }) => ({
      ...{ promptIds: [1], completionIds: [id], finished: true, advantage },
      sampledLogprobs: [-id / 3],
    })),
    logprobs: rows.map(({ id }) => ({ old: Float32Array.of(-id / 7), reference: null })),
    rollouts: rows.map(({ id, correct }) => ({ ...rollout, completionIds: [id], correct })),
    ...{ kl: null, critic: null, unusable: new Map(), batchStd: 1, fracZeroStd: 0 },
    ...{
      tokens: 4,
      seconds: 1,
      gradingSeconds: 0,
      sampledBatches: null,
      tags: new Map(),
      unjudged: new Set(),
      sources: new Map(),
    },
  };
}

const OPTIONS = { num_generations: 2, replay_groups: 1, max_staleness: 3 };
const none = (): RowLogprobs[] => [];
const idsOf = ({ rows }: Generation): number[] =>
  rows.map(({ completionIds }) => completionIds[0] ?? 0);

test("a group that teaches nothing gives its place to the newest good one, which comes once", () => {
  const replay = new ReplayGroups(OPTIONS, undefined);
  expect(replay.exchange(batch([1, "rw"], [2, "wr"]), 0, none).ages).toEqual([]);
  const { generation, ages } = replay.exchange(batch([3, "ww"], [4, "rr"]), 2, none);
  // One of the two places may be taken; group 2 is the newer.
  expect(idsOf(generation)).toEqual([20, 21, 40, 41]);
  expect(ages).toEqual([2]);
  expect(generation.rows[0]).toMatchObject({
    advantage: -0.7,
    sampledAt: 0,
    sampledLogprobs: [-20 / 3],
  });
  // The policy of then, to the last bit.
  expect(generation.logprobs[0]?.old).toEqual(Float32Array.of(-20 / 7));
  expect(generation.rollouts).toHaveLength(4);
  expect(idsOf(replay.exchange(batch([5, "ww"]), 3, none).generation)).toEqual([10, 11]);
  expect(idsOf(replay.exchange(batch([6, "ww"]), 3, none).generation)).toEqual([60, 61]);
});

test("what is older than allowed does not come again", () => {
  const replay = new ReplayGroups(OPTIONS, undefined);
  replay.exchange(batch([1, "rw"]), 0, none);
  expect(idsOf(replay.exchange(batch([2, "ww"]), 4, none).generation)).toEqual([20, 21]);
  const young = new ReplayGroups(OPTIONS, undefined);
  young.exchange(batch([1, "rw"]), 0, none);
  expect(idsOf(young.exchange(batch([2, "ww"]), 3, none).generation)).toEqual([10, 11]);
});

test("a checkpoint holds all of it: what goes on is what would have gone on", () => {
  const before = new ReplayGroups(OPTIONS, undefined);
  const first = batch([1, "rw"]);
  const tokens = {
    ...first,
    rows: first.rows.map((row): PolicyRow => ({
      ...row,
      tokenAdvantages: Float64Array.of(0.1 + 0.2),
    })),
  };
  before.exchange(tokens, 0, none);
  const kept: unknown = JSON.parse(JSON.stringify(before.state()));
  const after = new ReplayGroups(OPTIONS, kept);
  const next = batch([2, "ww"]);
  expect(after.exchange(next, 1, none)).toEqual(before.exchange(next, 1, none));
});

test("the reference's log-probabilities are of now, the policy's of then", () => {
  const replay = new ReplayGroups(OPTIONS, undefined);
  replay.exchange(batch([1, "rw"]), 0, none);
  const { generation } = replay.exchange(batch([2, "ww"]), 1, (rows) =>
    rows.map(() => ({ old: Float32Array.of(9), reference: Float32Array.of(-5) })),
  );
  expect(generation.logprobs[0]).toEqual({
    old: Float32Array.of(-10 / 7),
    reference: Float32Array.of(-5),
  });
});

test("without the option a batch stays as it is and nothing is kept", () => {
  const stage = GrpoStage.parse({
    ...{ name: "g", kind: "grpo", model: "m", max_steps: 1, num_generations: 2 },
    data: { task: "addition", difficulties: [2] },
  });
  const replay = new ReplayGroups(stage, undefined);
  const one = batch([1, "rw"], [2, "ww"]);
  expect(replay.exchange(one, 0, none).generation).toBe(one);
  expect(replay.state()).toEqual([]);
});
