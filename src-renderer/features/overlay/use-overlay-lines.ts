/** What the overlay draws: its runs, the metrics that they have, and the lines of the one that is shown. */
import { useMemo } from "react";
import type { RunId, RunSummary } from "#shared/schema/run.ts";
import { host } from "#renderer/bridge/host.ts";
import type { Failure } from "#renderer/bridge/failure.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import { rangeText } from "#renderer/charts/axes/step-range.ts";
import { chartSpecs } from "#renderer/charts/metric-catalogue.ts";
import type { ChartSpec } from "#renderer/charts/metric-catalogue.ts";
import type { Series } from "#renderer/charts/series.ts";
import { smoothed } from "#renderer/charts/smoothing.ts";
import type { OverlayRow } from "./overlay-list.tsx";
import { overlaySeries } from "./overlay-series.ts";
import type { RunLine } from "./overlay-series.ts";
import { seededRun } from "#shared/over-seeds.ts";
import type { SeededRun } from "#shared/over-seeds.ts";
import { groupSeries, seedGroups } from "./seed-groups.ts";
import type { OverlayView } from "./use-overlay-view.ts";

type Overlay = Awaited<ReturnType<typeof host.cockpit.overlay>>;

const BUCKETS = 500;
/** Of a part of the time or of the tokens, which is cut out of the whole run here. */
const FINE_BUCKETS = 4000;
/** A run at work is asked for again. */
const LIVE_MS = 3000;
const NO_KEYS: ReadonlyMap<RunId, SeededRun> = new Map();
/** What is shown first where the runs have it. */
const FIRST = ["reward", "loss"];

export interface OverlayLines {
  /** The metrics that any of the runs has; undefined until they are known. */
  readonly names: Overlay["names"] | undefined;
  /** The name of the metric that is shown, "" where there is none. */
  readonly metric: string;
  readonly spec: ChartSpec | undefined;
  readonly series: readonly Series[];
  readonly rows: readonly OverlayRow[];
  /** The host has answered for this metric and axis. */
  readonly loaded: boolean;
  /** Runs that cannot be drawn along tokens. */
  readonly uncounted: number;
  readonly failures: readonly { readonly of: string; readonly failure: Failure }[];
}

/** What the parts of the screen are given. */
export interface OverlayPartProps {
  readonly view: OverlayView;
  readonly lines: OverlayLines;
}

function useRuns(ids: readonly RunId[]): Query<readonly RunSummary[]> {
  return useQuery(
    ids.length === 0
      ? undefined
      : {
          key: `overlay.runs:${ids.join()}`,
          topics: ["pipelines"],
          fetch: async (signal) =>
            Promise.all(ids.map(async (runId) => (await host.runs.get({ runId }, { signal })).run)),
        },
  );
}

/** What runs of one recipe have in common, by run. */
function useGroupKeys(
  runs: readonly RunSummary[] | undefined,
  together: boolean,
): Query<ReadonlyMap<RunId, SeededRun>> {
  const pipelines = [...new Set((runs ?? []).map(({ pipelineId }) => pipelineId))];
  return useQuery(
    !together || runs === undefined || runs.length === 0
      ? undefined
      : {
          key: `overlay.recipes:${runs.map(({ id }) => id).join()}`,
          topics: [],
          fetch: async (signal) => {
            const found = await Promise.all(
              pipelines.map((id) => host.pipelines.get({ pipelineId: id }, { signal })),
            );
            const known = new Map(found.map((pipeline) => [pipeline.id, pipeline]));
            return new Map(
              runs.flatMap(({ id, pipelineId, stageName }) => {
                const pipeline = known.get(pipelineId);
                if (pipeline === undefined) return [];
                return [[id, seededRun(pipeline.recipe, stageName, pipeline.seed)] as const];
              }),
            );
          },
        },
  );
}

function useNames(ids: readonly RunId[]): Query<Overlay["names"]> {
  return useQuery(
    ids.length === 0
      ? undefined
      : {
          key: `overlay.names:${ids.join()}`,
          topics: [],
          fetch: async (signal) =>
            (await host.cockpit.overlay({ runIds: [...ids], name: "", buckets: 1 }, { signal }))
              .names,
        },
  );
}

function useAnswer(
  { ids, x, zoom }: OverlayView,
  metric: string,
  everyMs: number | undefined,
): Query<Overlay> {
  const part = x === "step" ? undefined : zoom;
  return useQuery(
    ids.length === 0 || metric === ""
      ? undefined
      : {
          key: `overlay:${ids.join()}:${metric}:${x}:${zoom === undefined ? "" : rangeText(zoom)}`,
          topics: [],
          fetch: (signal) =>
            host.cockpit.overlay(
              {
                runIds: [...ids],
                name: metric,
                axis: x,
                buckets: part === undefined ? BUCKETS : FINE_BUCKETS,
                ...(zoom === undefined || x !== "step"
                  ? {}
                  : { fromStep: zoom.min, toStep: zoom.max }),
              },
              { signal },
            ),
        },
    { everyMs },
  );
}

export function useOverlayLines(view: OverlayView): OverlayLines {
  const { ids, smoothing, strong, together } = view;
  const runs = useRuns(ids);
  const keys = useGroupKeys(runs.data, together);
  const names = useNames(ids);
  const known = names.data ?? [];
  const usual = FIRST.find((name) => known.some((one) => one.name === name));
  const metric = view.metric === "" ? (usual ?? known[0]?.name ?? "") : view.metric;
  const growing = runs.data?.some((run) => run.status === "running") === true;
  const answer = useAnswer(view, metric, growing ? LIVE_MS : undefined);
  const spec = useMemo(() => chartSpecs(metric === "" ? [] : [metric])[0], [metric]);
  const lines = useMemo(
    () =>
      ids.map((runId, tone): RunLine => {
        const found = answer.data?.series.find((one) => one.runId === runId);
        return { runId, tone, label: runId, series: found?.series ?? null, at: found?.at ?? null };
      }),
    [ids, answer.data],
  );
  const groups = useMemo(
    () => seedGroups(ids, together ? (keys.data ?? NO_KEYS) : NO_KEYS),
    [ids, together, keys.data],
  );
  const series = useMemo(() => {
    const divisor = spec?.divisor ?? 1;
    if (!together) return overlaySeries(lines, divisor, smoothing, strong);
    return groupSeries(groups, lines, divisor, strong).map((one) => smoothed(one, smoothing));
  }, [lines, groups, together, spec, smoothing, strong]);
  const rows = useMemo(
    () =>
      groups.map(({ runId, members, counted, tone }) => ({
        runId,
        members,
        seeds: counted.length,
        tone,
        run: runs.data?.find((run) => run.id === runId),
        series: series.find((one) => one.id === runId),
      })),
    [groups, runs.data, series],
  );
  return {
    names: names.data,
    metric,
    spec,
    series,
    rows,
    loaded: answer.data !== undefined,
    uncounted: lines.filter(({ series: own, at }) => own !== null && at === null).length,
    failures: Object.entries({ runs, names, recipes: keys, lines: answer }).flatMap(
      ([of, { failure }]) => (failure === undefined ? [] : [{ of, failure }]),
    ),
  };
}
