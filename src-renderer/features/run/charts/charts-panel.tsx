/** All metrics of a run as small charts under one crosshair, or one of them large. */
import { memo, useCallback, useMemo } from "react";
import type { ReactNode } from "react";
import type { Run } from "#shared/schema/run.ts";
import { failureOf } from "#renderer/bridge/failure.ts";
import type { Limit, Marker } from "#renderer/charts/series-chart/chart-marks.tsx";
import type { ChartSpec } from "#renderer/charts/metric-catalogue.ts";
import { saveCsv, savePng, saveSvg } from "#renderer/charts/files/save-chart.ts";
import type { ScaleKind } from "#renderer/charts/axes/scale.ts";
import { SeriesChart } from "#renderer/charts/series-chart/series-chart.tsx";
import { withinRange } from "#renderer/charts/series.ts";
import type { Range, Series } from "#renderer/charts/series.ts";
import type { Smoothing } from "#renderer/charts/smoothing.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { MenuButton } from "#renderer/ui/menu-button.tsx";
import type { MenuItem } from "#renderer/ui/menu-button.tsx";
import { chartLimits } from "./chart-limits.ts";
import { chartSeries } from "./chart-series.ts";
import { exactColumns } from "./export-chart.ts";
import type { MetricLine } from "./metric-line.ts";
import "./charts-panel.css";
import type { Failure } from "#renderer/bridge/failure.ts";

export interface ChartsPanelProps {
  readonly run: Run;
  /** The charts that are shown, in order. */
  readonly specs: readonly ChartSpec[];
  readonly lines: readonly MetricLine[];
  /** The steps that are shown. */
  readonly xRange: Range | undefined;
  readonly zoomed: boolean;
  readonly smoothing: Smoothing;
  readonly scale: ScaleKind;
  readonly markers: readonly Marker[];
  /** The one chart that is shown large. */
  readonly opened: string | undefined;
  readonly onOpen: (id: string | undefined) => void;
  readonly onZoom: (range: Range) => void;
  readonly onMove: (id: string, by: number) => void;
  readonly onHide: (id: string) => void;
  readonly onFailure: (failure: Failure) => void;
  readonly onInView: (id: string, inView: boolean) => void;
}

/** So few charts may be large. */
const ROOMY = 8;
const NONE: readonly Limit[] = [];

export function smoothingNote(smoothing: Smoothing): string | undefined {
  return smoothing === 0 ? undefined : `EMA ${String(smoothing)} over points drawn`;
}

interface ChartProps extends Omit<ChartsPanelProps, "specs" | "lines"> {
  readonly spec: ChartSpec;
  readonly series: readonly Series[];
  readonly height: number;
}

function menuOf(props: ChartProps): readonly MenuItem[] {
  const { spec, series, opened, run, xRange, zoomed } = props;
  const save = (work: () => Promise<void>): void => {
    work().catch((error: unknown) => props.onFailure(failureOf(error)));
  };
  const title = `${run.stageName} ${spec.title}`;
  const drawing = {
    title,
    unit: [spec.unit, smoothingNote(props.smoothing)].filter(Boolean).join(", "),
    series: xRange === undefined ? series : series.map((one) => withinRange(one, xRange)),
    format: spec.format,
    fromZero: spec.fromZero,
    scale: props.scale,
    xRange,
    xName: "step",
  };
  const large = opened === spec.id;
  return [
    {
      id: "open",
      label: large ? "Back to all charts" : "Open large",
      run: () => props.onOpen(large ? undefined : spec.id),
    },
    {
      id: "csv",
      label: zoomed ? "Save these steps as CSV" : "Save every point as CSV",
      run: () =>
        save(async () => {
          const columns = await exactColumns(run.id, spec, zoomed ? xRange : undefined);
          saveCsv(title, "step", columns);
        }),
    },
    {
      id: "svg",
      label: "Save as SVG",
      run: () => saveSvg(drawing),
    },
    { id: "png", label: "Save as PNG", run: () => save(async () => savePng(drawing)) },
    ...(large
      ? []
      : [
          { id: "earlier", label: "Move earlier", run: () => props.onMove(spec.id, -1) },
          { id: "later", label: "Move later", run: () => props.onMove(spec.id, 1) },
          { id: "hide", label: "Hide", run: () => props.onHide(spec.id) },
        ]),
  ];
}

const RunChart = memo(function RunChart(props: ChartProps): ReactNode {
  const { spec, series, opened, onOpen, onInView } = props;
  const limits = useMemo(() => chartLimits(props.run.config)[spec.id] ?? NONE, [props.run, spec]);
  const onTitle = useCallback(
    () => onOpen(opened === spec.id ? undefined : spec.id),
    [onOpen, opened, spec.id],
  );
  const inView = useCallback((is: boolean) => onInView(spec.id, is), [onInView, spec.id]);
  return (
    <SeriesChart
      title={spec.title}
      unit={spec.unit}
      help={spec.help}
      note={smoothingNote(props.smoothing)}
      series={series}
      format={spec.format}
      fromZero={spec.fromZero}
      scale={props.scale}
      xRange={props.xRange}
      limits={limits}
      markers={props.markers}
      height={props.height}
      onZoom={props.onZoom}
      onTitle={onTitle}
      onInView={inView}
      actions={
        <MenuButton label={`${spec.title}: what to do`} items={menuOf(props)}>
          <Glyph name="more" />
        </MenuButton>
      }
    />
  );
});

export const ChartsPanel = memo(function ChartsPanel({
  specs,
  lines,
  ...rest
}: ChartsPanelProps): ReactNode {
  const { smoothing, opened } = rest;
  const charts = useMemo(() => {
    const byName = new Map(lines.map((line) => [line.name, line]));
    return specs.map((spec) => ({ spec, series: chartSeries(spec, byName, smoothing) }));
  }, [specs, lines, smoothing]);
  const large = charts.find(({ spec }) => spec.id === opened);
  if (large !== undefined) {
    return (
      <div className="largechart">
        <RunChart {...rest} {...large} height={280} />
        {large.spec.help !== undefined && <p className="s12 t2 prose">{large.spec.help}</p>}
        <p className="s11 t3 mono">{large.spec.lines.map((line) => line.metric).join(", ")}</p>
      </div>
    );
  }
  return (
    <div className={charts.length <= ROOMY ? "chartgrid roomy" : "chartgrid"}>
      {charts.map(({ spec, series }) => (
        <RunChart
          key={spec.id}
          {...rest}
          spec={spec}
          series={series}
          height={charts.length <= ROOMY ? 132 : 88}
        />
      ))}
    </div>
  );
});
