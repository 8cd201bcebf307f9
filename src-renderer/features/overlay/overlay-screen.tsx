/** Many runs' lines of one metric in one chart: which learnt faster, which broke, and where. */
import { useCallback, useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { RunId } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { hrefTo, useFilter } from "#renderer/navigation/location.ts";
import { runIdFrom } from "#renderer/bridge/ids.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Crosshair, CrosshairContext } from "#renderer/charts/crosshair.tsx";
import { chartSpecs } from "#renderer/charts/metric-catalogue.ts";
import { saveCsv, savePng, saveSvg } from "#renderer/charts/files/save-chart.ts";
import { SeriesChart } from "#renderer/charts/series-chart/series-chart.tsx";
import type { Range } from "#renderer/charts/series.ts";
import { asSmoothing, SMOOTHINGS } from "#renderer/charts/smoothing.ts";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { MenuButton } from "#renderer/ui/menu-button.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { asAxis, AXES, AXIS_NAMES } from "./overlay-axis.ts";
import { overlaySeries } from "./overlay-series.ts";
import type { RunLine } from "./overlay-series.ts";
import { OverlayList } from "./overlay-list.tsx";
import "./overlay.css";

const BUCKETS = 500;
/** Of a part of the time or of the tokens, which is cut out of the whole run here. */
const FINE_BUCKETS = 4000;
/** What is shown first where the runs have it. */
const FIRST = ["reward", "loss"];

/** Runs named in an address, each once and no more than a chart holds. */
function idsIn(text: string): readonly RunId[] {
  const ids = text.split(",").flatMap((part) => runIdFrom(part) ?? []);
  return [...new Set(ids)].slice(0, 50);
}

function rangeIn(text: string): Range | undefined {
  const match = /^(\d{1,15})-(\d{1,15})$/u.exec(text);
  const [min, max] = [Number(match?.[1]), Number(match?.[2])];
  return match !== null && max > min ? { min, max } : undefined;
}

export function OverlayScreen(): ReactNode {
  const [runsText, setRuns] = useFilter("runs");
  const [metric, setMetric] = useFilter("metric");
  const [smoothText, setSmooth] = useFilter("smooth");
  const [axis, setAxis] = useFilter("axis");
  const [xText, setXText] = useFilter("x");
  const [zoomText, setZoom] = useFilter("zoom");
  const [strongText, setStrong] = useFilter("run");
  const [crosshair] = useState(() => new Crosshair());
  const ids = useMemo(() => idsIn(runsText), [runsText]);
  const zoom = useMemo(() => rangeIn(zoomText), [zoomText]);
  const x = asAxis(xText);
  const { unit } = AXIS_NAMES[x];
  const setX = useCallback(
    (next: string): void => {
      // The old range and the old place mean nothing on another axis.
      setZoom("", false);
      crosshair.pin(undefined);
      setXText(next === "step" ? "" : next);
    },
    [setZoom, crosshair, setXText],
  );
  const smoothing = asSmoothing(smoothText);
  const strong = ids.find((id) => id === strongText);
  const list = useQuery(
    ids.length === 0
      ? undefined
      : {
          key: `overlay.runs:${ids.join()}`,
          topics: ["pipelines"],
          fetch: async (signal) =>
            Promise.all(ids.map(async (runId) => (await host.runs.get({ runId }, { signal })).run)),
        },
  );
  const names = useQuery(
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
  const known = useMemo(() => names.data ?? [], [names.data]);
  const shownMetric =
    metric !== ""
      ? metric
      : (FIRST.find((name) => known.some((one) => one.name === name)) ?? known[0]?.name ?? "");
  const growing = list.data?.some((run) => run.status === "running") === true;
  const answer = useQuery(
    ids.length === 0 || shownMetric === ""
      ? undefined
      : {
          key: `overlay:${ids.join()}:${shownMetric}:${x}:${zoomText}`,
          topics: [],
          fetch: (signal) =>
            host.cockpit.overlay(
              {
                runIds: [...ids],
                name: shownMetric,
                axis: x,
                buckets: zoom === undefined || x === "step" ? BUCKETS : FINE_BUCKETS,
                ...(zoom === undefined || x !== "step"
                  ? {}
                  : { fromStep: zoom.min, toStep: zoom.max }),
              },
              { signal },
            ),
        },
    { everyMs: growing ? 3000 : undefined },
  );
  const spec = useMemo(() => chartSpecs(shownMetric === "" ? [] : [shownMetric])[0], [shownMetric]);
  const lines = useMemo(
    (): readonly RunLine[] =>
      ids.map((runId, tone) => {
        const found = answer.data?.series.find((one) => one.runId === runId);
        return {
          runId,
          tone,
          label: runId,
          series: found?.series ?? null,
          at: found?.at ?? null,
        };
      }),
    [ids, answer.data],
  );
  const series = useMemo(
    () => overlaySeries(lines, spec?.divisor ?? 1, smoothing, strong),
    [lines, spec, smoothing, strong],
  );
  const rows = useMemo(
    () =>
      ids.map((runId, tone) => ({
        runId,
        tone,
        run: list.data?.find((run) => run.id === runId),
        series: series.find((one) => one.id === runId),
      })),
    [ids, list.data, series],
  );
  const uncounted = lines.filter(({ series: own, at }) => own !== null && at === null).length;
  const log = axis === "log";
  useEffect(() => () => crosshair.pin(undefined), [crosshair]);
  useTellCrumbs(
    useMemo(() => [{ label: "Runs", href: hrefTo(["runs"]) }, { label: "Overlay" }], []),
  );
  useCommands(
    useMemo(() => {
      const command = (id: string, title: string, keys: string, run: () => void) => ({
        id: `overlay.${id}`,
        title,
        group: "This screen" as const,
        keys,
        run,
      });
      return [
        command("all", "Show the whole runs", "0", () => setZoom("", false)),
        command("x", "Along steps, time at work or tokens", "X", () =>
          setX(AXES[(AXES.indexOf(x) + 1) % AXES.length] ?? "step"),
        ),
        command("log", "Logarithmic axis, or straight", "Y", () => setAxis(log ? "" : "log")),
        command("smooth", "Smooth the lines more, or not", "E", () => {
          const next = SMOOTHINGS[(SMOOTHINGS.indexOf(smoothing) + 1) % SMOOTHINGS.length] ?? 0;
          setSmooth(next === 0 ? "" : String(next));
        }),
        command("release", "Follow the newest step", "Escape", () => crosshair.pin(undefined)),
      ];
    }, [setZoom, setX, x, setAxis, log, smoothing, setSmooth, crosshair]),
  );
  if (ids.length === 0) {
    return (
      <>
        <div className="screenhead">
          <h1>Overlay</h1>
        </div>
        <Empty
          action={
            <a className="btn" href={hrefTo(["runs"])}>
              Go to Runs
            </a>
          }
        >
          No run is chosen. Pick runs in the list with P, then Overlay.
        </Empty>
      </>
    );
  }
  const drawing = {
    title: `Overlay ${spec?.title ?? ""}`,
    unit: `${spec?.unit ?? ""}${smoothing === 0 ? "" : `, EMA ${String(smoothing)}`}`,
    series,
    format: spec?.format ?? String,
    fromZero: spec?.fromZero ?? false,
    scale: log ? ("log" as const) : ("linear" as const),
    xRange: zoom,
    xName: unit,
  };
  return (
    <CrosshairContext value={crosshair}>
      <div className="screenhead">
        <h1>Overlay</h1>
        <span className="t3 s12 nowrap">{plural(ids.length, "run")}</span>
        <span className="end flex">
          <select
            className="input metricfield"
            aria-label="Metric"
            value={shownMetric}
            onChange={(event) => setMetric(event.currentTarget.value)}
          >
            {known.map(({ name, runs }) => (
              <option key={name} value={name}>
                {name}
                {runs < ids.length ? ` (${String(runs)} of ${String(ids.length)})` : ""}
              </option>
            ))}
          </select>
          {zoom !== undefined && (
            <button type="button" className="chip on" onClick={() => setZoom("", false)}>
              {x === "step" ? "steps" : unit} {zoom.min.toLocaleString("en-US")}–
              {zoom.max.toLocaleString("en-US")} ✕ <KeyCaps keys="0" />
            </button>
          )}
          <label className="flex s12 t3">
            <span className="opt">Along</span>
            <select
              className="input"
              aria-label="X axis"
              value={x}
              onChange={(event) => setX(event.currentTarget.value)}
            >
              {AXES.map((one) => (
                <option key={one} value={one}>
                  {AXIS_NAMES[one].choice}
                </option>
              ))}
            </select>
            <KeyCaps keys="X" />
          </label>
          <label className="flex s12 t3">
            <span className="opt">Smooth</span>
            <select
              className="input"
              aria-label="Smoothing of the lines"
              value={String(smoothing)}
              onChange={(event) =>
                setSmooth(event.currentTarget.value === "0" ? "" : event.currentTarget.value)
              }
            >
              {SMOOTHINGS.map((one) => (
                <option key={one} value={String(one)}>
                  {one === 0 ? "off" : `EMA ${String(one)}`}
                </option>
              ))}
            </select>
            <KeyCaps keys="E" />
          </label>
          <button
            type="button"
            className="btn"
            aria-pressed={log}
            onClick={() => setAxis(log ? "" : "log")}
          >
            Log <KeyCaps keys="Y" />
          </button>
          <MenuButton
            label="Save the chart"
            className="btn"
            items={[
              {
                id: "csv",
                label: "Drawn points as CSV",
                run: () =>
                  saveCsv(
                    drawing.title,
                    unit,
                    series.map((one) => ({
                      name: one.label,
                      points: new Map(one.x.map((x, index) => [x, one.y[index] ?? null])),
                    })),
                  ),
              },
              { id: "svg", label: "Save as SVG", run: () => saveSvg(drawing) },
              { id: "png", label: "Save as PNG", run: () => void savePng(drawing) },
            ]}
          >
            Save…
          </MenuButton>
        </span>
      </div>
      {[list, names, answer].map((query, index) =>
        query.failure === undefined ? null : (
          <FailureNotice key={["runs", "names", "lines"][index]} failure={query.failure} />
        ),
      )}
      <div className="cols overlaycols">
        <section className="region" aria-label="Chart">
          {names.data?.length === 0 && <Empty>None of these runs has metrics yet.</Empty>}
          {uncounted > 0 && (
            <p className="s12 t3 pad">
              {uncounted === 1 ? "One run counts" : `${String(uncounted)} runs count`} no tokens and{" "}
              {uncounted === 1 ? "is" : "are"} not drawn.
            </p>
          )}
          {answer.data === undefined && shownMetric !== "" && <SkeletonRows rows={8} />}
          {spec !== undefined && answer.data !== undefined && (
            <OverlayChart
              title={spec.title}
              unit={spec.unit}
              help={spec.help}
              note={smoothing === 0 ? undefined : `EMA ${String(smoothing)} over points drawn`}
              series={series}
              format={spec.format}
              fromZero={spec.fromZero}
              scale={drawing.scale}
              xRange={zoom}
              xName={unit}
              onZoom={(range) => setZoom(`${String(range.min)}-${String(range.max)}`, false)}
            />
          )}
        </section>
        <aside className="region" aria-label="Runs">
          <OverlayList
            rows={rows}
            format={spec?.format ?? String}
            unit={unit}
            strong={strong}
            onStrong={(runId) => setStrong(runId ?? "")}
            onRemove={(runId) => setRuns(ids.filter((one) => one !== runId).join(","))}
          />
        </aside>
      </div>
    </CrosshairContext>
  );
}

type OverlayChartProps = Omit<React.ComponentProps<typeof SeriesChart>, "height" | "legend">;

/** As high as its region, less the chart's own head and foot. */
function OverlayChart(props: OverlayChartProps): ReactNode {
  const [height, setHeight] = useState(420);
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  useEffect(() => {
    if (box === null) return undefined;
    const observer = new ResizeObserver((entries) =>
      setHeight(Math.max(160, Math.floor(entries[0]?.contentRect.height ?? 0) - 56)),
    );
    observer.observe(box);
    return () => observer.disconnect();
  }, [box]);
  return (
    <div ref={setBox} className="grow overlaychart">
      <SeriesChart {...props} height={height} legend={false} />
    </div>
  );
}
