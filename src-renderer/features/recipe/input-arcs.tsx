/** Which stage uses which: an arc from each input to its stage, in lanes so that arcs side by side do not cross. */
import type { ReactNode } from "react";
import { textAt } from "./document/plain-value.ts";
import type { Json } from "./document/plain-value.ts";
import { arcsOf } from "./document/stage-arcs.ts";

const LANE = 9;
const WIDTH = 96;

export function InputArcs({
  stages,
  rowHeight,
}: {
  readonly stages: readonly Json[];
  readonly rowHeight: number;
}): ReactNode {
  const arcs = arcsOf(stages);
  const height = stages.length * rowHeight;
  const middle = (row: number): number => row * rowHeight + rowHeight / 2;
  return (
    <svg
      width={WIDTH}
      height={height}
      viewBox={`0 0 ${String(WIDTH)} ${String(height)}`}
      role="img"
      aria-label={`Inputs: ${arcs.map(({ from, to }) => `${nameOf(stages[from])} to ${nameOf(stages[to])}`).join(", ")}`}
    >
      {arcs.map(({ from, to, lane, gives }) => {
        const x = Math.max(4, WIDTH - 16 - lane * LANE);
        const [top, bottom] = [middle(from) + 4, middle(to) - 4];
        return (
          <g
            key={`${String(from)}-${String(to)}`}
            className={gives === "data" ? "arc data" : "arc"}
          >
            <path
              d={`M${String(WIDTH - 8)} ${String(top)}H${String(x + 4)}Q${String(x)} ${String(top)} ${String(x)} ${String(top + 4)}V${String(bottom - 4)}Q${String(x)} ${String(bottom)} ${String(x + 4)} ${String(bottom)}H${String(WIDTH - 8)}`}
            />
            <path
              className="tip"
              d={`M${String(WIDTH - 11)} ${String(bottom - 3)}L${String(WIDTH - 7)} ${String(bottom)}L${String(WIDTH - 11)} ${String(bottom + 3)}`}
            />
          </g>
        );
      })}
    </svg>
  );
}

function nameOf(stage: Json | undefined): string {
  return textAt(stage, ["name"]);
}
