/** A proportion and its interval as a whisker on a 0–100 scale, for table cells. The numbers stand in the cells beside it. */
import type { ReactNode } from "react";
import type { Proportion } from "#renderer/ui/score.tsx";
import { Mark, markClass } from "./mark.tsx";
import type { MarkStyle } from "./mark.tsx";
import "./whisker.css";

export function Whisker({
  estimate,
  reference = false,
  mark = reference ? "reference" : 0,
}: {
  readonly estimate: Proportion;
  readonly reference?: boolean;
  readonly mark?: MarkStyle;
}): ReactNode {
  return (
    <span className={`whisker ${markClass(mark)}`} aria-hidden="true">
      {[0, 50, 100].map((tick) => (
        <i key={tick} className="gl" style={{ left: `${tick}%` }} />
      ))}
      {estimate.high > estimate.low && (
        <i
          className="wb"
          style={{
            left: `${estimate.low * 100}%`,
            width: `${(estimate.high - estimate.low) * 100}%`,
          }}
        />
      )}
      <Mark tone={mark} left={estimate.value * 100} />
    </span>
  );
}

/** The scale over a column of whiskers. */
export function WhiskerScale(): ReactNode {
  return (
    <>
      <span className="visually-hidden">Interval, drawn from 0 to 100%</span>
      <span className="whiskerscale" aria-hidden="true">
        <i style={{ left: 0 }}>0</i>
        <i style={{ left: "50%" }}>50</i>
        <i style={{ left: "100%" }}>100 %</i>
      </span>
    </>
  );
}
