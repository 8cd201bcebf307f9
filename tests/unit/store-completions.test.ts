/** What was sampled of a problem, in benchmarks and in training, by its id. */
import { expect, test } from "vitest";
import { rollout, sample } from "../helpers/store-fixture-data.ts";
import { insertTwoStages, temporaryStore } from "../helpers/store-fixture.ts";

test("a benchmark's samples and a training's completions of one problem stand together, the last steps first", () => {
  const { store } = temporaryStore();
  const { train, check } = insertTwoStages(store);
  store.transaction(() => {
    store.rollouts.insert(train, [rollout(1, 0, 0), rollout(2, 0, 0), rollout(2, 1, 0)]);
    store.evaluations.insertSamples(check, [{ ...sample(0, 0, true), problemId: "q0" }]);
  });
  const { total, completions } = store.completions.ofProblem("q0", 10);
  expect(total).toBe(3);
  expect(completions.map(({ runId, step, correct }) => [runId, step, correct])).toEqual([
    [check, null, true],
    [train, 2, false],
    [train, 1, false],
  ]);
  expect(store.completions.ofProblem("q0", 1).completions).toHaveLength(1);
  expect(store.completions.ofProblem("nowhere", 10)).toEqual({ total: 0, completions: [] });
});
