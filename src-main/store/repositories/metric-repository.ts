/** Metric points: each (run, name, step) once, all kept. Charts read them in min/max buckets. */
import type { MetricPoint } from "#shared/schema/engine-protocol.ts";
import type { MetricName, MetricSeries } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { levelFor, MetricBlocks } from "../rollouts/metric-blocks.ts";
import type { BlockRow, NewPoint } from "../rollouts/metric-blocks.ts";

export interface MetricRange {
  readonly names?: readonly string[] | undefined;
  readonly fromStep?: number | undefined;
  readonly toStep?: number | undefined;
  readonly buckets: number;
}

export class MetricRepository {
  readonly #db: Connection;
  readonly #blocks: MetricBlocks;

  constructor(db: Connection) {
    this.#db = db;
    this.#blocks = new MetricBlocks(db);
  }

  /** Gives how many points were new: a point that is there already is left as it is. */
  insert(runId: RunId, points: readonly MetricPoint[]): number {
    const findSeries = this.#db
      .prepare<[string, string], number>(
        `INSERT INTO metric_series (run_id, name) VALUES (?, ?)
         ON CONFLICT (run_id, name) DO UPDATE SET name = name RETURNING id`,
      )
      .pluck();
    const insert = this.#db.prepare(
      `INSERT INTO metric_points (series_id, step, value, time_ms) VALUES (?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    const series = new Map<string, number>();
    const added: NewPoint[] = [];
    for (const point of points) {
      let id = series.get(point.name);
      if (id === undefined) {
        id = findSeries.get(runId, point.name) ?? 0;
        series.set(point.name, id);
      }
      if (insert.run(id, point.step, point.value, point.timeMs).changes > 0)
        added.push({ seriesId: id, step: point.step, value: point.value });
    }
    this.#blocks.add(added);
    return added.length;
  }

  /** In the order in which the run first sent them; a series whose points were all taken back is not named. */
  names(runId: RunId): MetricName[] {
    const end = (column: string, order: "ASC" | "DESC"): string =>
      `(SELECT ${column} FROM metric_points WHERE series_id = s.id ORDER BY step ${order} LIMIT 1)`;
    return this.#db
      .prepare<[string], Omit<MetricName, "points"> & { id: number; firstStep: number | null }>(
        `SELECT s.id, s.name, ${end("step", "ASC")} AS firstStep, ${end("step", "DESC")} AS lastStep,
           ${end("value", "DESC")} AS lastValue
         FROM metric_series s WHERE s.run_id = ? ORDER BY s.id`,
      )
      .all(runId)
      .flatMap(({ id, firstStep, ...name }) =>
        firstStep === null ? [] : [{ ...name, firstStep, points: this.#blocks.count(id) }],
      );
  }

  /** Every point of the run, in order of name and step. */
  *points(runId: RunId): Generator<MetricPoint> {
    yield* this.#db
      .prepare<[string], MetricPoint>(
        `SELECT s.name, p.step, p.value, p.time_ms AS timeMs FROM metric_series s
         JOIN metric_points p ON p.series_id = s.id WHERE s.run_id = ? ORDER BY s.id, p.step`,
      )
      .iterate(runId);
  }

  series(runId: RunId, range: MetricRange): MetricSeries[] {
    const all = this.#db
      .prepare<[string], { id: number; name: string }>(
        "SELECT id, name FROM metric_series WHERE run_id = ? ORDER BY id",
      )
      .all(runId);
    const wanted = range.names === undefined ? undefined : new Set(range.names);
    return all
      .filter(({ name }) => wanted === undefined || wanted.has(name))
      .map(({ id, name }) => this.#one(id, name, range));
  }

  /** For each step the last point at or before it; nulls where there is none. */
  before(
    runId: RunId,
    name: string,
    steps: readonly number[],
  ): { value: number | null; timeMs: number | null }[] {
    const last = (column: string): string =>
      `(SELECT ${column} FROM metric_points WHERE series_id = s.id AND step <= j.value ORDER BY step DESC LIMIT 1)`;
    return this.#db
      .prepare<[string, string, string], { value: number | null; timeMs: number | null }>(
        `SELECT ${last("value")} AS value, ${last("time_ms")} AS timeMs
         FROM metric_series s, json_each(?) j WHERE s.run_id = ? AND s.name = ? ORDER BY j.key`,
      )
      .all(JSON.stringify(steps), runId, name);
  }

  /**
   * Forgets points of later steps that came since a moment. The moment matters where a stage counts
   * twice: a distillation's sampled problems, then its training steps.
   */
  deleteAfter(runId: RunId, step: number, sinceMs: number): void {
    const ids = this.#db
      .prepare<[string], number>("SELECT id FROM metric_series WHERE run_id = ?")
      .pluck()
      .all(runId);
    const forget = this.#db.prepare(
      "DELETE FROM metric_points WHERE series_id = ? AND step > ? AND time_ms >= ?",
    );
    for (const id of ids)
      if (forget.run(id, step, sinceMs).changes > 0) this.#blocks.rebuildAfter(id, step);
  }

  /** Exact points of one series in order, at most `limit` after a step: for exports, a page at a time. */
  page(
    runId: RunId,
    name: string,
    range: { afterStep: number; toStep: number; limit: number },
  ): { step: number; value: number | null; timeMs: number }[] {
    return this.#db
      .prepare<
        [string, string, number, number, number],
        { step: number; value: number | null; timeMs: number }
      >(
        `SELECT step, value, time_ms AS timeMs FROM metric_points
         WHERE series_id = (SELECT id FROM metric_series WHERE run_id = ? AND name = ?)
           AND step > ? AND step <= ? ORDER BY step LIMIT ?`,
      )
      .all(runId, name, range.afterStep, range.toStep, range.limit);
  }

  #one(seriesId: number, name: string, range: MetricRange): MetricSeries {
    const ends = this.#db
      .prepare<[number, number], [number | null, number | null]>(
        `SELECT (SELECT step FROM metric_points WHERE series_id = ? ORDER BY step LIMIT 1),
           (SELECT step FROM metric_points WHERE series_id = ? ORDER BY step DESC LIMIT 1)`,
      )
      .raw()
      .get(seriesId, seriesId);
    const [first, last] = ends ?? [null, null];
    if (first === null || last === null) return bucketRows(name, [], range.buckets);
    const from = Math.max(first, range.fromStep ?? first);
    const to = Math.min(last, range.toStep ?? last);
    const level = levelFor(from, to, range.buckets);
    return bucketRows(name, this.#blocks.rows(seriesId, level, from, to), range.buckets);
  }
}

/** Sums up points or blocks of points, in rising order of step, in at most `buckets` buckets of equal count. */
export function bucketRows(name: string, rows: readonly BlockRow[], buckets: number): MetricSeries {
  const size = rows.length <= buckets ? 1 : rows.length / buckets;
  const used = Math.min(rows.length, buckets);
  const out: MetricSeries = {
    name,
    count: rows.reduce((sum, [, points]) => sum + points, 0),
    bucketed: size > 1 || rows.some(([, points]) => points > 1),
    step: [],
    min: [],
    max: [],
    mean: [],
  };
  for (let bucket = 0; bucket < used; bucket += 1) {
    const end = Math.floor((bucket + 1) * size);
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    let total = 0;
    let count = 0;
    let start: number | undefined;
    for (let index = Math.floor(bucket * size); index < end; index += 1) {
      const row = rows[index];
      if (row === undefined) continue;
      const [firstStep, , finite, low, high, sum] = row;
      start ??= firstStep;
      if (low === null || high === null) continue;
      if (low < least) least = low;
      if (high > greatest) greatest = high;
      total += sum;
      count += finite;
    }
    out.step.push(start ?? 0);
    out.min.push(count === 0 ? null : least);
    out.max.push(count === 0 ? null : greatest);
    out.mean.push(count === 0 ? null : total / count);
  }
  return out;
}
