/** The frame of a chart of bars: its title, its caption, its words for those who do not see it, and room that is measured. */
import { Suspense, useId } from "react";
import type { ReactNode } from "react";
import { useSize } from "../use-size.ts";
import type { Size } from "../use-size.ts";
import "./bars.css";

export interface BarFigureProps {
  readonly title: string;
  /** What is drawn and in which unit. */
  readonly caption: string;
  /** The numbers in words. */
  readonly summary: string;
  readonly height: number;
  readonly legend?: ReactNode;
  readonly children: (size: Size) => ReactNode;
}

export function BarFigure(props: BarFigureProps): ReactNode {
  const { title, caption, summary, height, legend, children } = props;
  const titleId = useId();
  const [box, { width }] = useSize();
  return (
    <figure className="fig" aria-labelledby={titleId}>
      <header>
        <b id={titleId}>{title}</b>
        <span className="u" title={caption}>
          {caption}
        </span>
      </header>
      {legend}
      <div
        ref={box}
        className="bars"
        style={{ height }}
        role="img"
        aria-label={`${title}, ${caption}. ${summary}`}
      >
        {width > 0 && <Suspense fallback={null}>{children({ width, height })}</Suspense>}
      </div>
    </figure>
  );
}
