/**
 * Runs of one recipe that differ in their seeds alone, as one line: the mean over the runs, and around it the 95%
 * interval of that mean by Student's t over seeds. Pure.
 */
import { meanInterval } from "#shared/over-seeds.ts";
import type { SeededRun } from "#shared/over-seeds.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { RunLine } from "./overlay-series.ts";
import type { Series } from "#renderer/charts/series.ts";

export interface SeedGroup {
  /** The first run stands for all. */
  readonly runId: RunId;
  readonly members: readonly RunId[];
  /** The first run of each seed: a run that was done again says nothing new. */
  readonly counted: readonly RunId[];
  /** Its place among the groups. */
  readonly tone: number;
}

/** In the order of their first runs. A run whose key is not known yet stands alone. */
export function seedGroups(
  ids: readonly RunId[],
  runs: ReadonlyMap<RunId, SeededRun>,
): readonly SeedGroup[] {
  const groups = Map.groupBy(ids, (id) => runs.get(id)?.key ?? `run ${id}`);
  return [...groups.values()].flatMap((members, tone) => {
    const [runId] = members;
    const bySeed = Map.groupBy(members, (id) => runs.get(id)?.seeds ?? id);
    const counted = [...bySeed.values()].flatMap(([first]) => first ?? []);
    return runId === undefined ? [] : [{ runId, members, counted, tone }];
  });
}

type Drawn = { readonly x: readonly number[]; readonly y: readonly (number | null)[] };

/** A line's value at a place, straight between two points; null outside it and in its holes. */
function valueBetween({ x, y }: Drawn, place: number): number | null {
  const after = x.findIndex((one) => one >= place);
  if (after === -1) return null;
  const to = y[after] ?? null;
  const [left, right] = [x[after - 1], x[after]];
  if (right === place) return to;
  const from = y[after - 1] ?? null;
  if (left === undefined || right === undefined || from === null || to === null) return null;
  return from + ((to - from) * (place - left)) / (right - left);
}

/**
 * One line with its band for each group, where all of its runs have come: a mean of fewer runs would jump where one ends.
 * A group of one run is its line.
 */
export function groupSeries(
  groups: readonly SeedGroup[],
  lines: readonly RunLine[],
  divisor: number,
  strong: RunId | undefined,
): readonly Series[] {
  return groups.flatMap(({ runId, counted, tone }): Series[] => {
    const drawn = counted.flatMap((id): Drawn[] => {
      const line = lines.find((one) => one.runId === id);
      if (line?.series === null || line?.series === undefined || line.at === null) return [];
      const y = line.series.mean.map((value) => (value === null ? null : value / divisor));
      return line.at.length === 0 ? [] : [{ x: line.at, y }];
    });
    const [first] = drawn;
    if (first === undefined) return [];
    const places = first.x.flatMap((place) => {
      const values = drawn.flatMap((one) => valueBetween(one, place) ?? []);
      return values.length === drawn.length ? [{ place, ...meanInterval(values) }] : [];
    });
    const bounds =
      drawn.length < 2
        ? {}
        : { low: places.map(({ low }) => low), high: places.map(({ high }) => high) };
    return [
      {
        id: runId,
        label: drawn.length < 2 ? runId : `${runId} and ${String(drawn.length - 1)} more seeds`,
        tone,
        x: places.map(({ place }) => place),
        y: places.map(({ mean }) => mean),
        ...bounds,
        ...(runId === strong ? { strong: true } : {}),
      },
    ];
  });
}
