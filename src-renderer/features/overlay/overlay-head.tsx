/** The head of the overlay: which metric is shown, along what, how smooth, and the chart as a file. */
import type { ReactNode } from "react";
import { SmoothingSelect } from "#renderer/charts/smoothing-select.tsx";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { asAxis, AXES, AXIS_NAMES } from "./overlay-axis.ts";
import { SaveOverlay } from "./save-overlay.tsx";
import type { OverlayPartProps } from "./use-overlay-lines.ts";

function MetricSelect({ view, lines }: OverlayPartProps): ReactNode {
  const of = view.ids.length;
  return (
    <select
      className="input metricfield"
      aria-label="Metric"
      value={lines.metric}
      onChange={(event) => view.setMetric(event.currentTarget.value)}
    >
      {(lines.names ?? []).map(({ name, runs }) => (
        <option key={name} value={name}>
          {name}
          {runs < of ? ` (${String(runs)} of ${String(of)})` : ""}
        </option>
      ))}
    </select>
  );
}

/** The range that is shown, where it is not all. */
function ZoomChip({ view: { zoom, setZoom, x, unit } }: Pick<OverlayPartProps, "view">): ReactNode {
  if (zoom === undefined) return null;
  return (
    <button type="button" className="chip on" onClick={() => setZoom(undefined)}>
      {x === "step" ? "steps" : unit} {zoom.min.toLocaleString("en-US")}–
      {zoom.max.toLocaleString("en-US")} ✕ <KeyCaps keys="0" />
    </button>
  );
}

function AxisSelect({ view: { x, setX } }: Pick<OverlayPartProps, "view">): ReactNode {
  return (
    <label className="flex s12 t3">
      <span className="opt">Along</span>
      <select
        className="input"
        aria-label="X axis"
        value={x}
        onChange={(event) => setX(asAxis(event.currentTarget.value))}
      >
        {AXES.map((one) => (
          <option key={one} value={one}>
            {AXIS_NAMES[one].choice}
          </option>
        ))}
      </select>
      <KeyCaps keys="X" />
    </label>
  );
}

export function OverlayHead({ view, lines }: OverlayPartProps): ReactNode {
  return (
    <div className="screenhead">
      <h1>Overlay</h1>
      <span className="t3 s12 nowrap">{plural(view.ids.length, "run")}</span>
      <span className="end flex">
        <MetricSelect view={view} lines={lines} />
        <ZoomChip view={view} />
        <AxisSelect view={view} />
        <SmoothingSelect smoothing={view.smoothing} onSmoothing={view.setSmoothing} />
        <button
          type="button"
          className="btn"
          aria-pressed={view.together}
          title="Runs of one recipe with other seeds: their mean and its 95% interval"
          onClick={() => view.setTogether(!view.together)}
        >
          Seeds together <KeyCaps keys="B" />
        </button>
        <button
          type="button"
          className="btn"
          aria-pressed={view.log}
          onClick={() => view.setLog(!view.log)}
        >
          Log <KeyCaps keys="Y" />
        </button>
        <SaveOverlay view={view} lines={lines} />
      </span>
    </div>
  );
}
