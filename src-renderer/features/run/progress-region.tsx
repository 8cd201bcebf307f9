/** The upper half of a run: its charts or their table, and how they are drawn. */
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { Alarm, Checkpoint, Run, RunSummary } from "#shared/schema/run.ts";
import type { Marker } from "#renderer/charts/series-chart/chart-marks.tsx";
import { chartSpecs } from "#renderer/charts/metric-catalogue.ts";
import type { ChartSpec } from "#renderer/charts/metric-catalogue.ts";
import type { Range } from "#renderer/charts/series.ts";
import { SmoothingSelect } from "#renderer/charts/smoothing-select.tsx";
import { formatNumber } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { MenuButton } from "#renderer/ui/menu-button.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { arrange, moved, useChartLayout } from "./charts/chart-layout.ts";
import { ChartsPanel } from "./charts/charts-panel.tsx";
import { MetricTable } from "./charts/metric-table.tsx";
import type { ChartState } from "./charts/use-chart-commands.ts";
import { useDrawn } from "./charts/zoom/use-drawn.ts";
import type { RunStream } from "./use-run-stream.ts";
import { useZoomedLines } from "./charts/zoom/use-zoomed-lines.ts";
import type { Failure } from "#renderer/bridge/failure.ts";

export interface ProgressRegionProps {
  readonly run: Run;
  readonly live: RunSummary;
  readonly stream: RunStream;
  readonly checkpoints: readonly Checkpoint[];
  readonly alarms: readonly Alarm[];
  /** First and last step of the stage where they are known. */
  readonly xRange: Range | undefined;
  readonly state: ChartState;
}

function markersOf(checkpoints: readonly Checkpoint[], alarms: readonly Alarm[]): Marker[] {
  return [
    ...checkpoints.map((one) => ({
      id: `checkpoint ${String(one.id)}`,
      x: one.step,
      kind: "checkpoint" as const,
      label: `Checkpoint of step ${formatNumber(one.step)}${one.removedAtMs === null ? "" : ", removed since"}`,
    })),
    ...alarms
      .filter((one) => one.dismissedAtMs === null)
      .map((one) => ({
        id: `alarm ${String(one.id)}`,
        x: one.step,
        kind: one.level,
        label: `Step ${formatNumber(one.step)}: ${one.message}`,
      })),
  ];
}

function metricsOf(spec: ChartSpec): readonly string[] {
  const band = spec.band === undefined ? [] : [spec.band.low, spec.band.high];
  return [...spec.lines.map((line) => line.metric), ...band];
}

function Where({ state }: { readonly state: ChartState }): ReactNode {
  const { pinned, lastStep } = state;
  if (lastStep === 0) return <>no step yet</>;
  if (pinned === undefined) return <>at the newest step, {formatNumber(lastStep)}</>;
  return (
    <>
      at step <b className="med num">{formatNumber(pinned)}</b>, every chart
    </>
  );
}

function ChartOptions({
  state,
  hidden,
  onShow,
}: {
  readonly state: ChartState;
  readonly hidden: readonly ChartSpec[];
  readonly onShow: (id: string | undefined) => void;
}): ReactNode {
  const { zoom, smoothing, scale, table, pinned } = state;
  return (
    <span className="end flex">
      {pinned !== undefined && (
        <button
          type="button"
          className="btn small quiet"
          onClick={() => state.setPinned(undefined)}
        >
          Follow the newest {state.opened === undefined && <KeyCaps keys="Escape" />}
        </button>
      )}
      {state.opened !== undefined && (
        <button
          type="button"
          className="btn small quiet"
          onClick={() => state.setOpened(undefined)}
        >
          All charts <KeyCaps keys="Escape" />
        </button>
      )}
      {zoom !== undefined && (
        <button
          type="button"
          className="chip on"
          title="Show all steps"
          onClick={() => state.setZoom(undefined)}
        >
          steps {formatNumber(zoom.min)}–{formatNumber(zoom.max)} ✕ <KeyCaps keys="0" />
        </button>
      )}
      {hidden.length > 0 && (
        <MenuButton
          label="Hidden charts"
          className="btn small quiet"
          items={[
            ...hidden.map((spec) => ({
              id: spec.id,
              label: `Show ${spec.title}`,
              run: () => onShow(spec.id),
            })),
            { id: "*", label: "Charts as at first", run: () => onShow(undefined) },
          ]}
        >
          {hidden.length} hidden
        </MenuButton>
      )}
      <SmoothingSelect smoothing={smoothing} onSmoothing={state.setSmoothing} />
      <button
        type="button"
        className="btn small"
        aria-pressed={scale === "log"}
        onClick={() => state.setScale(scale === "log" ? "linear" : "log")}
      >
        Log <KeyCaps keys="Y" />
      </button>
      <button
        type="button"
        className="btn small"
        aria-pressed={table}
        onClick={() => state.setTable(!table)}
      >
        Table <KeyCaps keys="V" />
      </button>
    </span>
  );
}

export function ProgressRegion(props: ProgressRegionProps): ReactNode {
  const { run, live, stream, state, checkpoints, alarms } = props;
  const { zoom, opened, table, pinned } = state;
  const [layout, setLayout] = useChartLayout(run.kind);
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const growing = live.status === "running" && zoom !== undefined && zoom.max >= state.lastStep;
  // By the names alone, so that new points make no new charts.
  const names = stream.lines.map((line) => line.name).join("\n");
  const charts = useMemo(
    () => arrange(chartSpecs(names === "" ? [] : names.split("\n")), layout),
    [names, layout],
  );
  const all = useMemo(() => [...charts.shown, ...charts.hidden], [charts]);
  const large = opened === undefined ? undefined : all.find((spec) => spec.id === opened);
  const only = useMemo(() => (large === undefined ? undefined : metricsOf(large)), [large]);
  const [inView] = useState(() => new Set<string>());
  const onInView = useCallback(
    (id: string, is: boolean) => {
      if (is) inView.add(id);
      else inView.delete(id);
    },
    [inView],
  );
  // Of the charts in view at the moment of the zoom: they are asked for before the others.
  const first = useMemo(
    () => (zoom === undefined ? [] : all.filter(({ id }) => inView.has(id)).flatMap(metricsOf)),
    [zoom, all, inView],
  );
  const zoomed = useZoomedLines(run.id, zoom, stream.lines, growing, only, first);
  const range = zoom ?? props.xRange;
  const wanted = useMemo(() => ({ ...zoomed, range }), [zoomed, range]);
  const { lines, exact, range: xRange } = useDrawn(wanted);
  const reading = zoom !== undefined && !(exact && xRange === zoom);
  const markers = useMemo(() => markersOf(checkpoints, alarms), [checkpoints, alarms]);
  const tableLines = useMemo(() => {
    if (large === undefined) return lines;
    const own = new Set(large.lines.map((line) => line.metric));
    return lines.filter((line) => own.has(line.name));
  }, [lines, large]);
  const onMove = useCallback(
    (id: string, by: number) => setLayout(moved(charts.shown, id, by, layout)),
    [setLayout, charts.shown, layout],
  );
  const onHide = useCallback(
    (id: string) => setLayout({ ...layout, hidden: [...layout.hidden, id] }),
    [setLayout, layout],
  );
  return (
    <>
      <div className="head">
        <h2>Progress</h2>
        <span className="note ell">
          <Where state={state} />
          {reading && <span className="t3"> · reading these steps</span>}
        </span>
        <ChartOptions
          state={state}
          hidden={charts.hidden}
          onShow={(id) =>
            setLayout(
              id === undefined
                ? { order: [], hidden: [] }
                : { ...layout, hidden: layout.hidden.filter((one) => one !== id) },
            )
          }
        />
      </div>
      {stream.failure !== undefined && <FailureNotice failure={stream.failure} />}
      {failure !== undefined && <FailureNotice failure={failure} />}
      {!stream.loaded && stream.failure === undefined && <SkeletonRows rows={6} />}
      {stream.loaded && stream.lines.length === 0 && (
        <Empty>
          {live.startedAtMs === null
            ? "This stage has not started. It runs when the stages before it are done."
            : "No metrics yet. They appear with the first step."}
        </Empty>
      )}
      {stream.lines.length > 0 &&
        (table ? (
          <MetricTable lines={tableLines} step={pinned} onStep={state.setPinned} />
        ) : (
          <div className="scroll grow" tabIndex={0} role="group" aria-label="Charts">
            <ChartsPanel
              run={run}
              specs={large === undefined ? charts.shown : all}
              lines={lines}
              xRange={xRange}
              zoomed={zoom !== undefined}
              smoothing={state.smoothing}
              scale={state.scale}
              markers={markers}
              opened={large?.id}
              onOpen={state.setOpened}
              onZoom={state.setZoom}
              onMove={onMove}
              onHide={onHide}
              onFailure={setFailure}
              onInView={onInView}
            />
          </div>
        ))}
    </>
  );
}
