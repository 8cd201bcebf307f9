/** What a try-out of rewards shows of one reward, or of the weighted sum: its spread, its groups, its cases. Pure. */
import type { TriedCompletion } from "#shared/schema/recipe-draft.ts";

/** The weighted sum of all. */
export const TOTAL = "total";

export interface ValueBin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface Spread {
  /** Groups of at least two completions. */
  readonly groups: number;
  /** Of them, those whose completions all have the same value: they teach nothing. */
  readonly flat: number;
}

const MOST_BINS = 16;

/** Null where the reward does not apply. */
export function valueOf(completion: TriedCompletion, reward: string): number | null {
  if (reward === TOTAL) return completion.total;
  return completion.rewards.find(({ name }) => name === reward)?.value ?? null;
}

/** Bins from the lowest to the highest value; one bin a value where there are few of them. */
export function binsOf(values: readonly number[]): readonly ValueBin[] {
  const different = [...new Set(values)].sort((a, b) => a - b);
  const [low] = different;
  const high = different.at(-1);
  if (low === undefined || high === undefined) return [];
  if (different.length <= MOST_BINS)
    return different.map((value) => ({
      from: value,
      to: value,
      count: values.filter((one) => one === value).length,
    }));
  const width = (high - low) / MOST_BINS;
  const bins = Array.from({ length: MOST_BINS }, (_, i) => ({
    from: low + i * width,
    to: low + (i + 1) * width,
    count: 0,
  }));
  for (const value of values) {
    const bin = bins[Math.min(MOST_BINS - 1, Math.floor((value - low) / width))];
    if (bin !== undefined) bin.count += 1;
  }
  return bins;
}

export function spreadOf(completions: readonly TriedCompletion[], reward: string): Spread {
  const groups = [...Map.groupBy(completions, ({ group }) => group).values()].filter(
    (group) => group.length > 1,
  );
  const flat = groups.filter((group) => {
    const values = group.map((one) => valueOf(one, reward)).filter((value) => value !== null);
    return new Set(values).size < 2;
  });
  return { groups: groups.length, flat: flat.length };
}

export type CaseOrder = "first" | "lowest" | "highest" | "null";

/** The cases to look at: those of the lowest or highest values, or to which the reward does not apply. */
export function casesOf(
  completions: readonly TriedCompletion[],
  reward: string,
  order: CaseOrder,
): readonly TriedCompletion[] {
  if (order === "first") return completions;
  const valued = completions.map((one) => ({ one, value: valueOf(one, reward) }));
  if (order === "null") return valued.flatMap(({ one, value }) => (value === null ? [one] : []));
  const sign = order === "lowest" ? 1 : -1;
  return valued
    .flatMap(({ one, value }) => (value === null ? [] : [{ one, value }]))
    .sort((a, b) => sign * (a.value - b.value))
    .map(({ one }) => one);
}
