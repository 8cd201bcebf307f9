/** The mark of one compared thing, the same in chips, tables and charts: shape and colour together, never colour alone. */
import type { ReactNode } from "react";

/** 0–5: the series' place; reference: the baseline, or what was published; past six: grey. */
export type MarkStyle = number | "reference";

const SHAPES = ["", "sqr", "tri"];

export function markClass(style: MarkStyle): string {
  return style === "reference" || style > 5 ? "cr" : `c${style + 1}`;
}

export function Mark({
  tone,
  left,
  top,
}: {
  readonly tone: MarkStyle;
  /** In percent of the plot that holds it; without them the mark stands in the text. */
  readonly left?: number;
  readonly top?: number;
}): ReactNode {
  const shape = tone === "reference" ? "hol" : (SHAPES[tone % SHAPES.length] ?? "");
  return (
    <i
      aria-hidden="true"
      className={`mk ${shape} ${markClass(tone)}`}
      style={
        left === undefined
          ? undefined
          : { left: `${left}%`, ...(top === undefined ? {} : { top: `${top}%` }) }
      }
    />
  );
}
