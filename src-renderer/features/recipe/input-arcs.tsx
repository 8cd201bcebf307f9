/** Which stage uses which: an arc from each input to its stage, in lanes so that arcs side by side do not cross. */
import type { ReactNode } from "react";
import { getValue, textAt } from "./plain-value.ts";
import type { Json } from "./plain-value.ts";

const LANE = 9;
const WIDTH = 96;

export interface Arc {
  readonly from: number;
  readonly to: number;
  readonly lane: number;
  readonly gives: "model" | "data";
}

/** Arcs between rows, short ones nearest the names. */
export function arcsOf(stages: readonly Json[]): readonly Arc[] {
  const found: Omit<Arc, "lane">[] = [];
  stages.forEach((stage, to) => {
    for (const [keys, gives] of [
      [["model"], "model"],
      [["teacher"], "model"],
      [["data", "stage"], "data"],
    ] as const) {
      const name = getValue(stage, keys);
      const from = stages.findLastIndex(
        (other, place) => place < to && name !== undefined && getValue(other, ["name"]) === name,
      );
      if (from !== -1 && !found.some((arc) => arc.from === from && arc.to === to))
        found.push({ from, to, gives });
    }
  });
  const placed: Arc[] = [];
  for (const arc of found.toSorted((a, b) => a.to - a.from - (b.to - b.from))) {
    let lane = 0;
    while (
      placed.some((other) => other.lane === lane && other.from < arc.to && arc.from < other.to)
    )
      lane += 1;
    placed.push({ ...arc, lane });
  }
  return placed;
}

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
