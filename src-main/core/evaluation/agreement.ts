/**
 * How two graders agree on the same texts: Spearman's ρ, Kendall's τ-b (1945, with ties), Cohen's kappa with quadratic
 * weights (1968), and the difference of their means. Intervals are percentile bootstraps over the clusters.
 */
import { Random } from "#main/platform/random.ts";

/** Both graders' scores of one text, on one scale; texts of one cluster (a task) are drawn together. */
export interface GradedPair {
  readonly judge: number;
  readonly person: number;
  readonly cluster: string;
}

export interface AgreementMeasures {
  readonly spearman: Interval | null;
  readonly kendall: Interval | null;
  readonly kappa: Interval | null;
  readonly meanDifference: Interval | null;
}

type Interval = { readonly value: number; readonly low: number; readonly high: number };
type Scores = readonly (readonly [judge: number, person: number])[];

const RESAMPLES = 1000;
const TAIL = 0.025;
/** Kendall's τ looks at all pairs: of more texts the first so many. */
const MOST_FOR_KENDALL = 500;

/** null where a measure is not defined: fewer than two texts, or one side's scores all the same. */
export function agreement(pairs: readonly GradedPair[], seed: number): AgreementMeasures {
  const clusters = [...Map.groupBy(pairs, ({ cluster }) => cluster).values()].map((own) =>
    own.map(({ judge, person }) => [judge, person] as const),
  );
  const measure = (of: (scores: Scores) => number | null, resamples: number): Interval | null => {
    const value = of(clusters.flat());
    if (value === null) return null;
    const random = new Random(seed);
    const drawn = Array.from({ length: resamples }, () =>
      of(clusters.flatMap(() => random.choice(clusters))),
    ).filter((one) => one !== null);
    const sorted = drawn.toSorted((a, b) => a - b);
    return { value, low: quantile(sorted, TAIL, value), high: quantile(sorted, 1 - TAIL, value) };
  };
  return {
    spearman: measure(spearman, RESAMPLES),
    kendall: measure((scores) => kendall(scores.slice(0, MOST_FOR_KENDALL)), RESAMPLES / 5),
    kappa: measure(quadraticKappa, RESAMPLES),
    meanDifference: measure(meanDifference, RESAMPLES),
  };
}

/** Pearson's correlation of the ranks; equal scores share the mean of theirs. */
export function spearman(scores: Scores): number | null {
  const a = ranks(scores.map(([judge]) => judge));
  const b = ranks(scores.map(([, person]) => person));
  return pearson(a, b);
}

/** (concordant − discordant) / √((n₀ − n₁)(n₀ − n₂)), n₁ and n₂ the pairs that are tied on either side. */
export function kendall(scores: Scores): number | null {
  let [balance, untiedA, untiedB] = [0, 0, 0];
  for (const [i, [a, b]] of scores.entries())
    for (const [otherA, otherB] of scores.slice(0, i)) {
      const [signA, signB] = [Math.sign(a - otherA), Math.sign(b - otherB)];
      balance += signA * signB;
      untiedA += Math.abs(signA);
      untiedB += Math.abs(signB);
    }
  return untiedA === 0 || untiedB === 0 ? null : balance / Math.sqrt(untiedA * untiedB);
}

/**
 * 1 − Σ w O / Σ w E with w = (i − j)². Both sums are moments of the scores: the mean squared difference of the pairs, and
 * that of all pairings, var a + var b + (mean a − mean b)². For scores that are not whole it is the same formula.
 */
export function quadraticKappa(scores: Scores): number | null {
  const a = momentsOf(scores.map(([judge]) => judge));
  const b = momentsOf(scores.map(([, person]) => person));
  if (scores.length < 2) return null;
  const observed =
    scores.reduce((sum, [judge, person]) => sum + (judge - person) ** 2, 0) / scores.length;
  const expected = a.variance + b.variance + (a.mean - b.mean) ** 2;
  return expected === 0 ? null : 1 - observed / expected;
}

function meanDifference(scores: Scores): number | null {
  if (scores.length === 0) return null;
  return scores.reduce((sum, [judge, person]) => sum + judge - person, 0) / scores.length;
}

function pearson(a: readonly number[], b: readonly number[]): number | null {
  if (a.length < 2) return null;
  const [ofA, ofB] = [momentsOf(a), momentsOf(b)];
  if (ofA.variance === 0 || ofB.variance === 0) return null;
  const covariance =
    a.reduce((sum, value, i) => sum + (value - ofA.mean) * ((b[i] ?? 0) - ofB.mean), 0) / a.length;
  return covariance / Math.sqrt(ofA.variance * ofB.variance);
}

function momentsOf(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

/** From 1. */
function ranks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).toSorted((i, j) => (values[i] ?? 0) - (values[j] ?? 0));
  const found = values.map(() => 0);
  let from = 0;
  while (from < order.length) {
    let to = from;
    while (to + 1 < order.length && values[order[to + 1] ?? 0] === values[order[from] ?? 0]) to++;
    for (const i of order.slice(from, to + 1)) found[i] = (from + to) / 2 + 1;
    from = to + 1;
  }
  return found;
}

function quantile(sorted: readonly number[], q: number, otherwise: number): number {
  const position = q * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below] ?? otherwise;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (high - low) * (position - below);
}
