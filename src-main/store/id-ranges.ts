/** Many ids in little space: an edit of a hundred thousand records in a row is one pair. */
import { z } from "zod";

/** Pairs of first and last, both included, growing. */
export const IdRanges = z.array(z.tuple([z.int(), z.int()]));
export type IdRanges = z.infer<typeof IdRanges>;

/** Of ids in growing order. */
export function rangesOf(ids: Iterable<number>): IdRanges {
  const ranges: IdRanges = [];
  for (const id of ids) {
    const last = ranges.at(-1);
    if (last !== undefined && id === last[1] + 1) last[1] = id;
    else ranges.push([id, id]);
  }
  return ranges;
}

export function countOf(ranges: IdRanges): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}

export function* idsIn(ranges: IdRanges): Generator<number> {
  for (const [first, last] of ranges) for (let id = first; id <= last; id++) yield id;
}
