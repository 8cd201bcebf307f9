/** Which problems are listed: those that one of the two solves, both, or none. */
import type { ReactNode } from "react";
import type { ProblemComparison, ProblemFilter } from "#shared/schema/compare.ts";
import type { PairOption } from "./pair-options.ts";

const FILTERS: readonly { readonly value: ProblemFilter; readonly label: string }[] = [
  { value: "differ", label: "differ" },
  { value: "only-left", label: "only" },
  { value: "only-right", label: "only" },
  { value: "both", label: "both" },
  { value: "neither", label: "none" },
  { value: "all", label: "all" },
];

export function asFilter(text: string): ProblemFilter {
  return FILTERS.find(({ value }) => value === text)?.value ?? "differ";
}

function countOf(found: ProblemComparison, filter: ProblemFilter): number {
  const { both, onlyLeft, onlyRight, neither } = found;
  switch (filter) {
    case "differ":
      return onlyLeft + onlyRight;
    case "only-left":
      return onlyLeft;
    case "only-right":
      return onlyRight;
    case "both":
      return both;
    case "neither":
      return neither;
    case "all":
      return both + onlyLeft + onlyRight + neither;
    default:
      return filter satisfies never;
  }
}

export function ProblemFilters({
  found,
  left,
  right,
  show,
  onShow,
}: {
  readonly found: ProblemComparison;
  readonly left: PairOption;
  readonly right: PairOption;
  readonly show: ProblemFilter;
  readonly onShow: (show: ProblemFilter) => void;
}): ReactNode {
  return (
    <div className="bt flex s12 problemfilter" role="group" aria-label="Problems shown">
      {FILTERS.map(({ value, label }) => (
        <button
          key={value}
          type="button"
          className={value === show ? "chip on" : "chip"}
          aria-pressed={value === show}
          onClick={() => onShow(value)}
        >
          {label}
          {value === "only-left" && ` ${left.model.letter}`}
          {value === "only-right" && ` ${right.model.letter}`} {countOf(found, value)}
        </button>
      ))}
    </div>
  );
}
