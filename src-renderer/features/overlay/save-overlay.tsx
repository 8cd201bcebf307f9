/** The overlay's chart as a file. */
import type { ReactNode } from "react";
import { saveCsv, savePng, saveSvg } from "#renderer/charts/files/save-chart.ts";
import { MenuButton } from "#renderer/ui/menu-button.tsx";
import type { OverlayPartProps } from "./use-overlay-lines.ts";

export function SaveOverlay({ view, lines }: OverlayPartProps): ReactNode {
  const { spec, series } = lines;
  const drawing = {
    title: `Overlay ${spec?.title ?? ""}`,
    unit: `${spec?.unit ?? ""}${view.smoothing === 0 ? "" : `, EMA ${String(view.smoothing)}`}`,
    series,
    format: spec?.format ?? String,
    fromZero: spec?.fromZero ?? false,
    scale: view.log ? ("log" as const) : ("linear" as const),
    xRange: view.zoom,
    xName: view.unit,
  };
  const points = (): void =>
    saveCsv(
      drawing.title,
      view.unit,
      series.map((one) => ({
        name: one.label,
        points: new Map(one.x.map((x, index) => [x, one.y[index] ?? null])),
      })),
    );
  return (
    <MenuButton
      label="Save the chart"
      className="btn"
      items={[
        { id: "csv", label: "Drawn points as CSV", run: points },
        { id: "svg", label: "Save as SVG", run: () => saveSvg(drawing) },
        { id: "png", label: "Save as PNG", run: () => void savePng(drawing) },
      ]}
    >
      Save…
    </MenuButton>
  );
}
