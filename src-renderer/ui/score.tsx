/** A score as the design wants it: value, 95% interval, n and k. Never the value alone. */
import type { ReactNode } from "react";
import { formatInterval, formatNumber, formatPercent } from "./format.ts";

export interface Proportion {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** "53.6 [49.9, 57.3]" in percent. */
export function Score({ estimate }: { readonly estimate: Proportion }): ReactNode {
  return (
    <span className="nowrap">
      <span className="med">{formatPercent(estimate.value)}</span>{" "}
      <span className="ci">{formatInterval(estimate.low, estimate.high)}</span>
    </span>
  );
}

/** "500 · 4": problems and samples a problem. */
export function Trials({ n, k }: { readonly n: number; readonly k: number }): ReactNode {
  return (
    <span className="nowrap">
      {formatNumber(n)} · {formatNumber(k)}
    </span>
  );
}
