/** The scores of completions: each reward's value, and their weighted sum as TRL makes it. */
import { rewardName } from "#shared/schema/reward.ts";
import type { OwnReward, RewardSpec } from "#shared/schema/reward.ts";
import { builtInReward } from "../built-in-rewards.ts";
import type { RewardGroup, RewardInput, RewardValue } from "../reward-input.ts";

/** What a reward gave; null where it does not apply. */
export type WeightedValue = { readonly weight: number; readonly value: RewardValue };

export type RewardPart = WeightedValue & Omit<OwnValue, "value"> & { readonly spec: RewardSpec };

export type CompletionScore = {
  /** In the rewards' order. */
  readonly parts: readonly RewardPart[];
  /** See `weightedReward`. What a run learns from is `neutralRewards`. */
  readonly total: number | null;
};

/** What a reward that is not ours gave a completion. */
export type OwnValue = {
  readonly value: RewardValue;
  /** In its own words. */
  readonly why?: string;
  /** It was asked, and gave nothing that can be used. */
  readonly unusable?: boolean;
};

/** Runs rewards that are not ours: one value for each completion, in order. Throws BAD_RECIPE where one does not keep to that. */
export type OwnRewards = (
  spec: OwnReward,
  inputs: readonly RewardInput[],
) => Promise<readonly OwnValue[]>;

/**
 * One score for each completion, by group.
 * @throws what `own` throws; AppError BAD_RECIPE for options that do not go together
 */
export async function scoreCompletions(
  specs: readonly RewardSpec[],
  groups: readonly RewardGroup[],
  own: OwnRewards,
): Promise<CompletionScore[][]> {
  const columns: (readonly OwnValue[])[] = [];
  // One after the other: the sandbox has few workers, and what a reward did wrong is said of the first.
  for (const spec of specs) columns.push(await valuesOf(spec, groups, own));
  let row = 0;
  return groups.map((group) =>
    group.map(() => {
      const parts = specs.map((spec, i) => {
        const own = columns[i]?.[row];
        if (own === undefined)
          throw new Error(`the reward ${rewardName(spec)} gave too few values`);
        return { spec, weight: spec.weight, ...own };
      });
      row += 1;
      return { parts, total: weightedReward(parts) };
    }),
  );
}

async function valuesOf(
  spec: RewardSpec,
  groups: readonly RewardGroup[],
  own: OwnRewards,
): Promise<readonly OwnValue[]> {
  if ("file" in spec || "judge" in spec) return own(spec, groups.flat());
  return groups.flatMap((group) => builtInReward(spec, group).map((value) => ({ value })));
}

/**
 * The weighted sum of the rewards that apply. One that does not apply counts as 0, as in TRL; where none applies the sum
 * is null, and the completion stays out of its group's baseline.
 */
export function weightedReward(parts: readonly WeightedValue[]): number | null {
  const applying = parts.flatMap(({ weight, value }) => (value === null ? [] : weight * value));
  return applying.length === 0 ? null : applying.reduce((sum, value) => sum + value, 0);
}
