/** One metric over the steps of a run. */
export interface MetricLine {
  readonly name: string;
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
  /** Least and greatest values of each bucket, where the points were too many to draw one by one. */
  readonly low: readonly (number | null)[] | undefined;
  readonly high: readonly (number | null)[] | undefined;
}
