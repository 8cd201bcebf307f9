/** Whitening: numbers of many rows brought to spread 1, and to mean 0 where that is wanted (TRL's masked_whiten). */

/** Under the root, so that equal numbers do not divide by 0: TRL's and verl's. */
const VARIANCE_FLOOR = 1e-8;

export type Moments = {
  readonly mean: number;
  /** Unbiased; 0 for fewer than two numbers. */
  readonly variance: number;
};

/** Over all numbers of all rows, each counting once; mean 0 of nothing. */
export function momentsOf(rows: readonly (ArrayLike<number> | null)[]): Moments {
  let [count, mean, squares] = [0, 0, 0];
  for (const row of rows) {
    for (let i = 0; i < (row?.length ?? 0); i++) {
      const away = (row?.[i] ?? 0) - mean;
      count += 1;
      mean += away / count;
      squares += away * ((row?.[i] ?? 0) - mean);
    }
  }
  return { mean, variance: count < 2 ? 0 : squares / (count - 1) };
}

/**
 * (x − mean) / √(variance + 1e-8) of each number, over the numbers of all rows; null rows count nothing and stay null.
 * @param shiftsMean false: the mean is added again, so that a reward keeps its sign
 */
export function whitened(
  rows: readonly (ArrayLike<number> | null)[],
  { shiftsMean = true }: { readonly shiftsMean?: boolean } = {},
): (Float64Array | null)[] {
  const { mean, variance } = momentsOf(rows);
  const scale = 1 / Math.sqrt(variance + VARIANCE_FLOOR);
  const back = shiftsMean ? 0 : mean;
  return rows.map((row) =>
    row === null ? null : Float64Array.from(row, (x) => (x - mean) * scale + back),
  );
}
