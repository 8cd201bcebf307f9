/** The lines of a chart of few points, as paths in the document. Axes, ticks and the crosshair belong to the frame around it. */
import type { ReactNode } from "react";
import { bandPath, linePath, pointPlaces } from "./line-path.ts";
import type { Box } from "./line-path.ts";
import { minMaxDecimate, seriesTone, SPARSE_LIMIT } from "../series.ts";
import type { Series } from "../series.ts";

export interface PlotProps extends Box {
  readonly series: readonly Series[];
}

/** Lines of so few points show each of them. */
const FEW = 12;

function Lines({
  series,
  index,
  box,
}: {
  readonly series: Series;
  readonly index: number;
  readonly box: Box;
}): ReactNode {
  const { token, dash } = seriesTone(series.tone ?? index);
  const color = `var(${token})`;
  return (
    <g className={series.strong === true ? "strong" : undefined}>
      {series.low !== undefined && (
        <path className="bandarea" d={bandPath(series, box)} fill={color} />
      )}
      {series.raw !== undefined && (
        <path className="rawline" d={linePath(series.x, series.raw, box)} stroke={color} />
      )}
      <path
        className="line"
        d={linePath(series.x, series.y, box)}
        stroke={color}
        strokeDasharray={dash.join(" ")}
      />
      {series.x.length <= FEW &&
        pointPlaces(series, box).map((point) => (
          <circle key={point.x} cx={point.cx} cy={point.cy} r="2.5" fill={color} />
        ))}
    </g>
  );
}

export function SparsePlot({ series, ...box }: PlotProps): ReactNode {
  return (
    <svg className="lines" width={box.width} height={box.height}>
      {series.map((one, index) => (
        <Lines key={one.id} series={minMaxDecimate(one, SPARSE_LIMIT)} index={index} box={box} />
      ))}
    </svg>
  );
}
