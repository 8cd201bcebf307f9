/**
 * A run's metrics as they come: what the store holds, fetched once in buckets, and the points of the live stream
 * appended to it. Where the line grows long, the whole is fetched in buckets again.
 */
import type { MetricPoint } from "#shared/schema/engine-protocol.ts";
import type { MetricSeries } from "#shared/schema/metrics.ts";
import type { MetricLine } from "./charts/metric-line.ts";

/** Buckets asked for; a line that grows to twice as many is fetched anew. */
export const BUCKETS = 400;

interface Column {
  readonly steps: number[];
  readonly mean: (number | null)[];
  readonly low: (number | null)[];
  readonly high: (number | null)[];
  bucketed: boolean;
}

/** Lines by metric name. Not React state: it tells its listener when it changed. */
export class RunMetrics {
  readonly #columns = new Map<string, Column>();

  /** Replaces everything by what the store holds. */
  load(series: readonly MetricSeries[]): void {
    this.#columns.clear();
    for (const one of series)
      this.#columns.set(one.name, {
        steps: [...one.step],
        mean: [...one.mean],
        low: [...one.min],
        high: [...one.max],
        bucketed: one.bucketed,
      });
  }

  /** Adds live points; one that is already held (or older than what is held) is left out. True where something was added. */
  append(points: readonly MetricPoint[]): boolean {
    let added = false;
    for (const point of points) {
      const column = this.#columns.get(point.name) ?? {
        steps: [],
        mean: [],
        low: [],
        high: [],
        bucketed: false,
      };
      this.#columns.set(point.name, column);
      if (point.step <= (column.steps.at(-1) ?? Number.NEGATIVE_INFINITY)) continue;
      column.steps.push(point.step);
      column.mean.push(point.value);
      column.low.push(point.value);
      column.high.push(point.value);
      added = true;
    }
    return added;
  }

  get tooLong(): boolean {
    return [...this.#columns.values()].some((column) => column.steps.length > 2 * BUCKETS);
  }

  /** A copy for drawing: bucketed lines carry their least and greatest values as a band. */
  lines(): readonly MetricLine[] {
    return [...this.#columns]
      .map(([name, column]) => ({
        name,
        steps: [...column.steps],
        values: [...column.mean],
        low: column.bucketed ? [...column.low] : undefined,
        high: column.bucketed ? [...column.high] : undefined,
      }))
      .toSorted((a, b) => a.name.localeCompare(b.name));
  }
}
