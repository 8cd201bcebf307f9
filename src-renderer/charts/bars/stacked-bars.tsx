/** Sums as bars from zero, each stacked of its parts from the foot up. */
import { lazy } from "react";
import type { ReactNode } from "react";
import { BarFigure } from "./bar-figure.tsx";
import type { StackedBarsDrawingProps } from "./stacked-bars-drawing.tsx";

// recharts is a third of the window's code, and most screens draw no bars.
const StackedBarsDrawing = lazy(async () => ({
  default: (await import("./stacked-bars-drawing.tsx")).StackedBarsDrawing,
}));

export interface StackedBarsProps extends Omit<StackedBarsDrawingProps, "width" | "height"> {
  readonly title: string;
  readonly caption: string;
  readonly height: number;
}

/** The sums in words are in `aria-label`; what they are made of is in the table that the screen shows. */
export function StackedBars({ title, caption, height, ...drawn }: StackedBarsProps): ReactNode {
  return (
    <BarFigure
      title={title}
      caption={caption}
      summary={drawn.bars.map(({ tip }) => tip).join("; ")}
      height={height}
    >
      {(size) => <StackedBarsDrawing {...size} {...drawn} />}
    </BarFigure>
  );
}
