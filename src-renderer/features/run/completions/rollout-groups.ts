/** What the completions panel works out from a step's groups. Pure. */
import type { ListedRollout, RolloutGroup } from "#shared/schema/metrics.ts";

export type Verdict = "all" | "right" | "wrong";

/** Every reward of the group equal: no gradient comes from it. */
export function hasNoSpread(group: RolloutGroup): boolean {
  const first = group.rollouts[0]?.reward;
  return first === undefined || group.rollouts.every((one) => Math.abs(one.reward - first) < 1e-9);
}

export function matchesVerdict(rollout: ListedRollout, verdict: Verdict): boolean {
  return verdict === "all" || rollout.correct === (verdict === "right");
}

/** Names of all reward functions that scored something, in a stable order: the answer first. */
export function rewardNames(groups: readonly RolloutGroup[]): readonly string[] {
  const names = new Set(
    groups.flatMap((group) => group.rollouts.flatMap((one) => Object.keys(one.rewards))),
  );
  return [...names].toSorted(
    (a, b) => Number(b === "answer") - Number(a === "answer") || a.localeCompare(b),
  );
}

/** Mean and sample standard deviation. */
export function meanAndSd(values: readonly number[]): {
  readonly mean: number;
  readonly sd: number;
} {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1)) };
}
