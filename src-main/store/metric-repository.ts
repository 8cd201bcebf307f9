/** Metric points: each (run, name, step) once, all kept. Charts read them in min/max buckets. */
import type { MetricPoint } from "#shared/schema/engine-protocol.ts";
import type { MetricName, MetricSeries } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { Connection } from "./database.ts";

export interface MetricRange {
  readonly names?: readonly string[] | undefined;
  readonly fromStep?: number | undefined;
  readonly toStep?: number | undefined;
  readonly buckets: number;
}

export class MetricRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
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
    let added = 0;
    for (const point of points) {
      let id = series.get(point.name);
      if (id === undefined) {
        id = findSeries.get(runId, point.name) ?? 0;
        series.set(point.name, id);
      }
      added += insert.run(id, point.step, point.value, point.timeMs).changes;
    }
    return added;
  }

  /** In the order in which the run first sent them. */
  names(runId: RunId): MetricName[] {
    return this.#db
      .prepare<[string], MetricName>(
        `SELECT s.name, count(*) AS points, min(p.step) AS firstStep, max(p.step) AS lastStep,
           (SELECT value FROM metric_points l WHERE l.series_id = s.id ORDER BY step DESC LIMIT 1) AS lastValue
         FROM metric_series s JOIN metric_points p ON p.series_id = s.id
         WHERE s.run_id = ? GROUP BY s.id ORDER BY s.id`,
      )
      .all(runId);
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

  /**
   * Forgets points of later steps that came since a moment. The moment matters where a stage counts
   * twice: a distillation's sampled problems, then its training steps.
   */
  deleteAfter(runId: RunId, step: number, sinceMs: number): void {
    this.#db
      .prepare(
        `DELETE FROM metric_points WHERE step > ? AND time_ms >= ?
         AND series_id IN (SELECT id FROM metric_series WHERE run_id = ?)`,
      )
      .run(step, sinceMs, runId);
  }

  #one(seriesId: number, name: string, range: MetricRange): MetricSeries {
    const from = range.fromStep ?? -Number.MAX_SAFE_INTEGER;
    const to = range.toStep ?? Number.MAX_SAFE_INTEGER;
    const rows = this.#db
      .prepare<[number, number, number], [number, number | null]>(
        "SELECT step, value FROM metric_points WHERE series_id = ? AND step BETWEEN ? AND ? ORDER BY step",
      )
      .raw()
      .all(seriesId, from, to);
    return bucketSeries(name, rows, range.buckets);
  }
}

/** Cuts rows (step, value) in rising order into at most `buckets` buckets of equal count. */
export function bucketSeries(
  name: string,
  rows: readonly (readonly [number, number | null])[],
  buckets: number,
): MetricSeries {
  const count = rows.length;
  const size = count <= buckets ? 1 : count / buckets;
  const used = count <= buckets ? count : buckets;
  const out: MetricSeries = {
    name,
    count,
    bucketed: size > 1,
    step: [],
    min: [],
    max: [],
    mean: [],
  };
  for (let bucket = 0; bucket < used; bucket += 1) {
    const end = Math.floor((bucket + 1) * size);
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    let sum = 0;
    let finite = 0;
    let first: number | undefined;
    for (let index = Math.floor(bucket * size); index < end; index += 1) {
      const [step, value] = rows[index] ?? [0, null];
      first ??= step;
      if (value === null) continue;
      if (value < low) low = value;
      if (value > high) high = value;
      sum += value;
      finite += 1;
    }
    out.step.push(first ?? 0);
    out.min.push(finite === 0 ? null : low);
    out.max.push(finite === 0 ? null : high);
    out.mean.push(finite === 0 ? null : sum / finite);
  }
  return out;
}
