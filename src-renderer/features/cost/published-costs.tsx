/** What others published about their costs, with what it was computed from. Not measured here. */
import type { ReactNode } from "react";
import { publishedCostsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatUsd } from "#renderer/ui/format.ts";

export function PublishedCosts(): ReactNode {
  const rows = useQuery(publishedCostsQuery).data ?? [];
  return (
    <section aria-label="Published costs">
      <div className="head bt">
        <h2>Published</h2>
        <span className="note ell">by others, not measured here</span>
      </div>
      <ul>
        {rows.map((row) => (
          <li key={row.run} className="publishedcost bt">
            <div className="flex s12">
              <span className="ell" title={row.run}>
                {row.run}
              </span>
              <span className="end num">{row.usd === null ? "no price" : formatUsd(row.usd)}</span>
            </div>
            <div className="s11 t3">
              {[row.basis, row.result ?? "", row.source].filter((part) => part !== "").join("; ")}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
