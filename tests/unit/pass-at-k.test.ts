/** Advantages by the best of k completions (PKPO): against numbers by hand, every set counted, and the gradient enumerated. */
import { expect, test } from "vitest";
import { passAtKAdvantages } from "#main/engine/objectives/pass-at-k.ts";
import { objectiveFaults } from "#shared/schema/objective-faults.ts";
import { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { largestDifference } from "../helpers/engine-model.ts";

/** Sets of `size` of the indices. */
function setsOf(indices: readonly number[], size: number): number[][] {
  if (size === 0) return [[]];
  return indices.flatMap((first, at) =>
    setsOf(indices.slice(at + 1), size - 1).map((rest) => [first, ...rest]),
  );
}

function best(rewards: readonly number[], indices: readonly number[]): number {
  return Math.max(...indices.map((i) => rewards[i] ?? 0));
}

test("a completion's advantage is k times how much it raises the best of the sets that it is in", () => {
  // k = 2 of 1, 0, 0, 0: the right one raises each of its three sets by 1, the others none: 2 × 1.
  const one = passAtKAdvantages([1, 0, 0, 0], { numGenerations: 4, k: 2 });
  expect([...one]).toEqual([2, 0, 0, 0]);
  // Two right: each raises the two sets with a wrong one, of three: 2 × 2/3. Four right: nobody is needed.
  const two = passAtKAdvantages([1, 1, 0, 0, 1, 1, 1, 1], { numGenerations: 4, k: 2 });
  expect(largestDifference(two, [4 / 3, 4 / 3, 0, 0, 0, 0, 0, 0])).toBeLessThan(1e-12);
  // k = 3 of two right: of its three sets {right, wrong}, {right, wrong}, {wrong, wrong} the last is raised: 3 × 1/3.
  const three = passAtKAdvantages([1, 1, 0, 0], { numGenerations: 4, k: 3 });
  expect(largestDifference(three, [1, 1, 0, 0])).toBeLessThan(1e-12);
  // k = n: the best alone, n (best − second best).
  const all = passAtKAdvantages([0.5, 3, 2, -1], { numGenerations: 4, k: 4 });
  expect(largestDifference(all, [0, 4, 0, 0])).toBeLessThan(1e-12);
});

test("it is what counting every set gives", () => {
  const rewards = [0.3, -1, 2.5, 0.3, 1.1, 0];
  for (const k of [2, 3, 4, 5, 6]) {
    const counted = rewards.map((_, i) => {
      const sets = setsOf(
        [0, 1, 2, 3, 4, 5].filter((j) => j !== i),
        k - 1,
      );
      const rise = sets.reduce(
        (sum, set) => sum + best(rewards, [...set, i]) - best(rewards, set),
        0,
      );
      return (k * rise) / sets.length;
    });
    const advantages = passAtKAdvantages(rewards, { numGenerations: 6, k });
    expect(largestDifference(advantages, counted)).toBeLessThan(1e-12);
  }
});

test("rewards that are null count for no set, and a group of one reward learns nothing", () => {
  const options = { numGenerations: 4, k: 3 };
  // 1 and 0 are left, so that the best of two counts: 2 × 1.
  expect([...passAtKAdvantages([1, null, 0, null], options)]).toEqual([2, 0, 0, 0]);
  expect([...passAtKAdvantages([null, 5, null, null], options)]).toEqual([0, 0, 0, 0]);
  expect([...passAtKAdvantages([], options)]).toEqual([]);
});

/**
 * A policy over four completions by a softmax of θ: every group of n is enumerated with its probability, and the mean over
 * the group of A_i ∇ log π is compared with the gradient of E[max of k], which is enumerated as well.
 */
test("the policy gradient with these advantages is that of the best of k, without bias", () => {
  const theta = [0.2, -0.5, 0.9, 0];
  const worth = [1, 0, 0.25, 0];
  const exps = theta.map(Math.exp);
  const sum = exps.reduce((a, b) => a + b, 0);
  const pi = exps.map((e) => e / sum);
  const slope = (of: number, by: number): number => (of === by ? 1 : 0) - (pi[by] ?? 0);
  const groups = (n: number): number[][] =>
    n === 0 ? [[]] : groups(n - 1).flatMap((rest) => [0, 1, 2, 3].map((one) => [...rest, one]));
  const chance = (group: readonly number[]): number =>
    group.reduce((product, one) => product * (pi[one] ?? 0), 1);
  for (const [n, k] of [
    [4, 2],
    [4, 3],
    [4, 4],
    [5, 2],
  ] as const) {
    const expected = [0, 1, 2, 3].map((by) =>
      groups(k).reduce((total, group) => {
        const log = group.reduce((grad, one) => grad + slope(one, by), 0);
        return total + chance(group) * best(worth, group) * log;
      }, 0),
    );
    const estimated = [0, 0, 0, 0];
    for (const group of groups(n)) {
      const rewards = group.map((one) => worth[one] ?? 0);
      const advantages = passAtKAdvantages(rewards, { numGenerations: n, k });
      for (const by of [0, 1, 2, 3])
        estimated[by] =
          (estimated[by] ?? 0) +
          chance(group) *
            group.reduce((grad, one, i) => grad + ((advantages[i] ?? 0) * slope(one, by)) / n, 0);
    }
    expect(largestDifference(estimated, expected)).toBeLessThan(1e-12);
  }
});

test("the best of more completions than a group has is refused", () => {
  const stage = GrpoStage.parse({
    ...{ name: "g", kind: "grpo", model: "m", max_steps: 1, num_generations: 4 },
    data: { task: "addition", difficulties: [2] },
    adv_estimator: "pass_at_k",
    adv_k: 5,
  });
  expect(objectiveFaults(stage)).toMatchObject([{ name: "adv_k", fix: ["adv_k", 4] }]);
  expect(objectiveFaults({ ...stage, adv_k: 4 })).toEqual([]);
});
