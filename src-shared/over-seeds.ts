/**
 * Runs of one recipe that differ in their seeds alone: what they have in common, their mean with the 95% interval of that mean
 * by Student's t over seeds, and how both read, the same in the window, in reports and on the command line.
 */
import { intervalText, percentText, pointsText } from "./comparison-text.ts";
import type { SeededRows } from "./schema/compare.ts";
import type { Recipe } from "./schema/recipe.ts";

/** What a run has in common with runs of its recipe with other seeds, and its seeds. */
export interface SeededRun {
  readonly key: string;
  readonly seeds: string;
}

/** @param seed that the pipeline ran with */
export function seededRun(recipe: Recipe, stageName: string, seed: number): SeededRun {
  const { seed: _, name: __, ...rest } = recipe;
  const stages = recipe.stages.map(({ seed: ___, ...stage }) => stage);
  return {
    key: JSON.stringify([stageName, { ...rest, stages }]),
    seeds: JSON.stringify([seed, ...recipe.stages.map((stage) => stage.seed ?? null)]),
  };
}

/** Two-sided 95% points of Student's t by degrees of freedom, from 1; past the table they are those of the normal distribution. */
const T95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145,
  2.131, 2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048,
  2.045, 2.042,
];
const NORMAL95 = 1.96;

/** The mean of values with the interval of it; one value has none. */
export function meanInterval(values: readonly number[]): {
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
} {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, low: null, high: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = (T95[n - 2] ?? NORMAL95) * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}

/** "3 seeds", and where some ran again "3 seeds in 4 launches". */
export function seedsText({ counted, runIds }: Pick<SeededRows, "counted" | "runIds">): string {
  const seeds = `${String(counted.length)} seeds`;
  return counted.length === runIds.length ? seeds : `${seeds} in ${String(runIds.length)} launches`;
}

/** "sft, 3 seeds: pass@1 52.0 [48.1, 55.9], from 50.0 to 54.0; +12.0 points [8.3, 15.7] over the baseline". */
export function overSeedsText(rows: SeededRows): string {
  const { label, pass1, difference } = rows;
  const gained =
    difference === null
      ? ""
      : `; ${pointsText(difference.mean)} points ${intervalText(difference)} over the baseline`;
  return `${label}, ${seedsText(rows)}: pass@1 ${percentText(pass1.mean)} ${intervalText(pass1)}, from ${percentText(pass1.min)} to ${percentText(pass1.max)}${gained}`;
}

export const OVER_SEEDS_NOTE =
  "Over seeds: the mean of launches of one recipe that differ in their seeds alone, with its 95% interval by Student's t over seeds.";
