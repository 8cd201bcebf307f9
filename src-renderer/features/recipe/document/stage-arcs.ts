/** Which stage uses which, as arcs in lanes. Pure. */
import { textAt } from "./plain-value.ts";
import type { Json, Keys } from "./plain-value.ts";
import { dataStageKeys, namesOf } from "./stage-edits.ts";

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
    const inputs: readonly (readonly [Keys, Arc["gives"]])[] = [
      [["model"], "model"],
      [["teacher"], "model"],
      ...dataStageKeys(stage).map((keys) => [keys, "data"] as const),
    ];
    for (const [keys, gives] of inputs) {
      const name = textAt(stage, keys);
      const from = stages.findLastIndex(
        (other, place) => place < to && namesOf(other).includes(name),
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
