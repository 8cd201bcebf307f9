/** The lines of a range of steps, asked of the host at the range's own resolution; until they come, those at hand. */
import { useEffect, useMemo, useState } from "react";
import type { RunId } from "#shared/schema/run.ts";
import { host } from "#renderer/bridge/host.ts";
import type { QuerySource } from "#renderer/bridge/query-client.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Range } from "#renderer/charts/series.ts";
import { lineOf } from "../metric-line.ts";
import type { MetricLine } from "../metric-line.ts";

/** Asked for beyond both ends, so that lines reach the edges. */
const MARGIN = 0.05;
const LIVE_MS = 2000;
/** Charts out of view are asked for when those in view are drawn. */
const REST_MS = 100;
/** About one for each pixel of a small chart; each holds its least and its greatest value. */
const SMALL_BUCKETS = 256;
/** Of the one chart that is shown large. */
const LARGE_BUCKETS = 1200;

type MetricAnswer = Awaited<ReturnType<typeof host.runs.metrics>>;

export interface ZoomedLines {
  readonly lines: readonly MetricLine[];
  /** The host's answer for this range is there. */
  readonly exact: boolean;
}

/** What to ask of the host for one range: the named metrics, or every one. */
function zoomQuery(
  runId: RunId,
  zoom: Range,
  names: readonly string[] | undefined,
  buckets: number,
): QuerySource<MetricAnswer> {
  const margin = Math.ceil((zoom.max - zoom.min) * MARGIN) + 1;
  return {
    key: `zoom:${runId}:${String(zoom.min)}-${String(zoom.max)}:${names?.join("\n") ?? ""}`,
    topics: [`rollouts:${runId}`],
    fetch: (signal) =>
      host.runs.metrics(
        {
          runId,
          fromStep: zoom.min - margin,
          toStep: zoom.max + margin,
          buckets,
          ...(names === undefined ? {} : { names: [...names] }),
        },
        { signal },
      ),
  };
}

export function useZoomedLines(
  runId: RunId,
  zoom: Range | undefined,
  lines: readonly MetricLine[],
  growing: boolean,
  /** The only metrics that are shown, where one chart is large. */
  only: readonly string[] | undefined,
  /** Metrics of charts in view: asked for at once, all others when these are there. Empty where it is not known. */
  first: readonly string[],
): ZoomedLines {
  const everyMs = growing ? LIVE_MS : undefined;
  const known = new Set(lines.map(({ name }) => name));
  const begun = first.filter((name) => known.has(name));
  const inParts = only === undefined && begun.length > 0;
  const names = only ?? (inParts ? begun : undefined);
  const now = useQuery(
    zoom === undefined
      ? undefined
      : zoomQuery(runId, zoom, names, only === undefined ? SMALL_BUCKETS : LARGE_BUCKETS),
    { everyMs },
  );
  // The range whose charts in view are drawn by now.
  const [drawn, setDrawn] = useState<Range>();
  const isThere = now.data !== undefined;
  useEffect(() => {
    if (!isThere) return undefined;
    const timer = window.setTimeout(() => setDrawn(zoom), REST_MS);
    return () => window.clearTimeout(timer);
  }, [zoom, isThere]);
  const rest = inParts ? [...known].filter((name) => !begun.includes(name)) : [];
  const later = useQuery(
    zoom === undefined || rest.length === 0 || drawn !== zoom
      ? undefined
      : zoomQuery(runId, zoom, rest, SMALL_BUCKETS),
    { everyMs },
  );
  return useMemo(() => {
    if (zoom === undefined || now.data === undefined) return { lines, exact: zoom === undefined };
    const zoomed = [...now.data.series, ...(later.data?.series ?? [])]
      .filter((one) => one.step.length > 0)
      .map(lineOf);
    const there = new Set(zoomed.map(({ name }) => name));
    const waiting =
      inParts && later.data === undefined ? lines.filter((one) => !there.has(one.name)) : [];
    const all = [...zoomed, ...waiting];
    return { lines: all.toSorted((a, b) => a.name.localeCompare(b.name)), exact: true };
  }, [zoom, now.data, later.data, lines, inParts]);
}
