/** The lines of a range of steps, asked of the host at the range's own resolution; until they come, those at hand. */
import { useMemo } from "react";
import type { RunId } from "#shared/schema/run.ts";
import { host } from "../../bridge/host.ts";
import { useQuery } from "../../bridge/use-query.ts";
import type { Range } from "../../charts/series.ts";
import { lineOf } from "./metric-line.ts";
import type { MetricLine } from "./metric-line.ts";
import { BUCKETS } from "./run-metrics.ts";

/** Asked for beyond both ends, so that lines reach the edges. */
const MARGIN = 0.05;
const LIVE_MS = 2000;
/** Of the one chart that is shown large. */
const LARGE_BUCKETS = 1200;

export interface ZoomedLines {
  readonly lines: readonly MetricLine[];
  /** The host's answer for this range is there. */
  readonly exact: boolean;
}

export function useZoomedLines(
  runId: RunId,
  zoom: Range | undefined,
  lines: readonly MetricLine[],
  growing: boolean,
  /** The only metrics that are shown, where one chart is large. */
  only: readonly string[] | undefined,
): ZoomedLines {
  const names = only?.join("\n");
  const margin = zoom === undefined ? 0 : Math.ceil((zoom.max - zoom.min) * MARGIN) + 1;
  const query = useQuery(
    zoom === undefined
      ? undefined
      : {
          key: `zoom:${runId}:${String(zoom.min)}-${String(zoom.max)}:${names ?? ""}`,
          topics: [`rollouts:${runId}`],
          fetch: (signal) =>
            host.runs.metrics(
              {
                runId,
                fromStep: zoom.min - margin,
                toStep: zoom.max + margin,
                buckets: names === undefined ? BUCKETS : LARGE_BUCKETS,
                ...(names === undefined ? {} : { names: names.split("\n") }),
              },
              { signal },
            ),
        },
    { everyMs: growing ? LIVE_MS : undefined },
  );
  const { data } = query;
  return useMemo(() => {
    if (zoom === undefined || data === undefined) return { lines, exact: zoom === undefined };
    const zoomed = data.series.filter((one) => one.step.length > 0).map(lineOf);
    return { lines: zoomed.toSorted((a, b) => a.name.localeCompare(b.name)), exact: true };
  }, [zoom, data, lines]);
}
