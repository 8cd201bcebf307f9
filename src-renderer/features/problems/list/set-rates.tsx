/** In a row of the list: how the pass rates of the model measured last are spread. */
import type { ReactNode } from "react";
import { host } from "#renderer/bridge/host.ts";
import { queryOf } from "#renderer/bridge/query-client.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { RateBars } from "#renderer/charts/bars/rate-histogram.tsx";
import { formatPercent } from "#renderer/ui/format.ts";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

export function SetRates({ set }: { readonly set: string }): ReactNode {
  const { data } = useQuery(
    queryOf(`problem-rates:${set}`, ["benchmarks", "results"], (options) =>
      host.problems.passRates({ set }, options),
    ),
  );
  if (data === undefined) return null;
  if (data === null) return <span className="t3">not measured</span>;
  return (
    <span className="setrates" title={`${data.model.name}, mean ${formatPercent(data.mean)}%`}>
      <RateBars title={visibleText(data.model.name)} bins={data.bins} />
      <span className="t2 ell">{visibleText(data.model.name)}</span>
    </span>
  );
}
