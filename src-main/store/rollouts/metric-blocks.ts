/**
 * Metric points summed up in blocks of 8, 64, 512 … steps, kept beside the points as they are written. A chart of many
 * steps reads blocks of the right size instead of every point; the least and greatest value of each are kept, so no
 * spike is lost on the way.
 */
import type { Connection } from "../database.ts";

/** Eight blocks of a level make one of the next. */
const SHIFT = 3;
const LEVELS = 5;

/** Points [first step, points, finite points, least, greatest, sum]; of one point or of a whole block. */
export type BlockRow = readonly [
  firstStep: number,
  points: number,
  finite: number,
  low: number | null,
  high: number | null,
  sum: number,
];

export interface NewPoint {
  readonly seriesId: number;
  readonly step: number;
  readonly value: number | null;
}

/** A block, or a point as a block of one step. */
interface Part {
  readonly seriesId: number;
  readonly block: number;
  firstStep: number;
  points: number;
  finite: number;
  low: number | null;
  high: number | null;
  sum: number;
}

function blockSize(level: number): number {
  return 2 ** (SHIFT * level);
}

function blockOf(step: number, level: number): number {
  return Math.floor(step / blockSize(level));
}

/** The largest blocks of which the range still holds at least `wanted`; 0 means single points. */
export function levelFor(firstStep: number, lastStep: number, wanted: number): number {
  const span = lastStep - firstStep + 1;
  let level = 0;
  while (level < LEVELS && span / blockSize(level + 1) >= wanted) level += 1;
  return level;
}

export class MetricBlocks {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Adds points that were written for the first time. */
  add(points: readonly NewPoint[]): void {
    const upsert = this.#db.prepare(
      `INSERT INTO metric_blocks (series_id, level, block, first_step, points, finite, low, high, sum)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET first_step = min(first_step, excluded.first_step),
         points = points + excluded.points, finite = finite + excluded.finite,
         low = coalesce(min(low, excluded.low), low, excluded.low),
         high = coalesce(max(high, excluded.high), high, excluded.high), sum = sum + excluded.sum`,
    );
    let parts: readonly Part[] = points.map(({ seriesId, step, value }) => ({
      seriesId,
      block: step,
      firstStep: step,
      points: 1,
      finite: value === null ? 0 : 1,
      low: value,
      high: value,
      sum: value ?? 0,
    }));
    for (let level = 1; level <= LEVELS; level += 1) {
      parts = sumUp(parts);
      for (const part of parts) {
        const { seriesId, block, firstStep, finite, low, high, sum } = part;
        upsert.run(seriesId, level, block, firstStep, part.points, finite, low, high, sum);
      }
    }
  }

  /** Sums up anew what follows a step, after points were deleted there. */
  rebuildAfter(seriesId: number, step: number): void {
    for (let level = 1; level <= LEVELS; level += 1) {
      const from = blockOf(step, level);
      this.#db
        .prepare("DELETE FROM metric_blocks WHERE series_id = ? AND level = ? AND block >= ?")
        .run(seriesId, level, from);
      const source =
        level === 1
          ? `SELECT series_id, 1, step >> ${SHIFT} AS block, min(step), count(*), count(value), min(value),
               max(value), total(value)
             FROM metric_points WHERE series_id = ? AND step >= ? GROUP BY 3`
          : `SELECT series_id, ${level}, block >> ${SHIFT} AS above, min(first_step), sum(points), sum(finite),
               min(low), max(high), total(sum)
             FROM metric_blocks WHERE series_id = ? AND level = ${level - 1} AND block >= ? GROUP BY 3`;
      this.#db.prepare(`INSERT INTO metric_blocks ${source}`).run(seriesId, from * blockSize(1));
    }
  }

  /** Points of a series, over all steps. */
  count(seriesId: number): number {
    const count = this.#db
      .prepare<[number], number>(
        `SELECT total(points) FROM metric_blocks WHERE series_id = ? AND level = ${LEVELS}`,
      )
      .pluck()
      .get(seriesId);
    return count ?? 0;
  }

  /** The range in blocks of a level, with single points at its ends where it cuts through a block. */
  rows(seriesId: number, level: number, from: number, to: number): BlockRow[] {
    if (level === 0) return this.#points(seriesId, from, to);
    const size = blockSize(level);
    const first = Math.ceil(from / size);
    const last = Math.floor((to + 1) / size) - 1;
    if (last < first) return this.#points(seriesId, from, to);
    return [
      ...this.#points(seriesId, from, first * size - 1),
      ...this.#blocks(seriesId, level, first, last),
      ...this.#points(seriesId, (last + 1) * size, to),
    ];
  }

  #blocks(seriesId: number, level: number, first: number, last: number): BlockRow[] {
    return this.#db
      .prepare<[number, number, number, number], BlockRow>(
        `SELECT first_step, points, finite, low, high, sum FROM metric_blocks
         WHERE series_id = ? AND level = ? AND block BETWEEN ? AND ? ORDER BY block`,
      )
      .raw()
      .all(seriesId, level, first, last);
  }

  #points(seriesId: number, from: number, to: number): BlockRow[] {
    if (to < from) return [];
    return this.#db
      .prepare<[number, number, number], [number, number | null]>(
        "SELECT step, value FROM metric_points WHERE series_id = ? AND step BETWEEN ? AND ? ORDER BY step",
      )
      .raw()
      .all(seriesId, from, to)
      .map(([step, value]) => [step, 1, value === null ? 0 : 1, value, value, value ?? 0]);
  }
}

/** The blocks of the level above. */
function sumUp(parts: readonly Part[]): readonly Part[] {
  const bySeries = new Map<number, Map<number, Part>>();
  for (const part of parts) {
    const sums = bySeries.get(part.seriesId) ?? new Map<number, Part>();
    bySeries.set(part.seriesId, sums);
    const block = blockOf(part.block, 1);
    const held = sums.get(block);
    if (held === undefined) sums.set(block, { ...part, block });
    else addTo(held, part);
  }
  return [...bySeries.values()].flatMap((sums) => [...sums.values()]);
}

function addTo(held: Part, part: Part): void {
  held.firstStep = Math.min(held.firstStep, part.firstStep);
  held.points += part.points;
  held.finite += part.finite;
  held.sum += part.sum;
  if (part.low === null || part.high === null) return;
  held.low = held.low === null ? part.low : Math.min(held.low, part.low);
  held.high = held.high === null ? part.high : Math.max(held.high, part.high);
}
