/** Rewards → advantages, relative to the group (DeepSeekMath, eq. 4; Dr. GRPO without the division). */

export type AdvantageOptions = {
  readonly numGenerations: number;
  readonly scaleRewards: "group" | "batch" | "none";
};

export type Advantages = {
  readonly advantages: Float64Array;
  /** Standard deviation of all rewards of the batch, unbiased: TRL logs it as reward_std. */
  readonly batchStd: number;
  /** Share of groups whose rewards are all equal: they teach nothing. */
  readonly fracZeroStd: number;
};

/** Added to the standard deviation, as TRL does. */
export const TO_SPREAD = 1e-4;

export function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

/** Rewards that are this close, relative to their size, are equal: sums of the same parts differ by float noise. */
const SAME = 1e-12;

/** Unbiased standard deviation; 0 for fewer than two values and for values that are all equal. */
export function standardDeviation(values: readonly number[]): number {
  const [first] = values;
  if (values.length < 2 || first === undefined) return 0;
  if (values.every((v) => Math.abs(v - first) <= SAME * Math.max(1, Math.abs(first)))) return 0;
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
}

/**
 * Less their mean and over their spread, of all that are not null; 0 for those that are. Each group's values add up to 0
 * already, and so do the batch's but for float noise, which is left out: what is 0 stays 0, and is not learnt from.
 */
export function inBatch(values: readonly (number | null)[]): Float64Array {
  const present = values.filter((value) => value !== null);
  const std = standardDeviation(present);
  if (std === 0) return new Float64Array(values.length);
  const own = meanOf(present);
  const mean = Math.abs(own) <= SAME * std ? 0 : own;
  return Float64Array.from(values, (value) =>
    value === null ? 0 : (value - mean) / (std + TO_SPREAD),
  );
}

/**
 * Advantages of completions that stand group after group, `numGenerations` each.
 * A group of equal rewards gets exactly 0, whatever float noise its mean carries.
 */
export function groupAdvantages(
  rewards: readonly (number | null)[],
  options: AdvantageOptions,
): Advantages {
  const g = options.numGenerations;
  if (rewards.length % g !== 0)
    throw new RangeError(`${rewards.length} completions do not divide into groups of ${g}`);
  const groups = rewards.length / g;
  const advantages = new Float64Array(rewards.length);
  const all = rewards.filter((reward) => reward !== null);
  const batchStd = standardDeviation(all);
  let zero = 0;
  for (let group = 0; group < groups; group++) {
    const members = rewards.slice(group * g, (group + 1) * g);
    const present = members.filter((reward) => reward !== null);
    const std = standardDeviation(present);
    if (std === 0) {
      zero++;
      continue;
    }
    const mean = meanOf(present);
    const scale =
      options.scaleRewards === "none"
        ? 1
        : 1 / ((options.scaleRewards === "group" ? std : batchStd) + TO_SPREAD);
    members.forEach((reward, i) => {
      if (reward !== null) advantages[group * g + i] = (reward - mean) * scale;
    });
  }
  return { advantages, batchStd, fracZeroStd: groups === 0 ? 0 : zero / groups };
}
