/** How often a problem was solved: a bar and the count in words. */
import type { ReactNode } from "react";
import type { PassRate } from "#shared/schema/problem-set.ts";
import { formatNumber } from "#renderer/ui/format.ts";

export function RateMeter({
  rate,
}: {
  readonly rate: Pick<PassRate, "correct" | "samples">;
}): ReactNode {
  const { correct, samples } = rate;
  return (
    <span className="ratemeter">
      <i className="ratebar" aria-hidden="true">
        <i style={{ width: `${String((100 * correct) / samples)}%` }} />
      </i>
      <span className={correct === 0 ? "t3" : undefined}>
        {formatNumber(correct)} of {formatNumber(samples)}
      </span>
    </span>
  );
}
