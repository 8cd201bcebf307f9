/** What each stage of a pipeline cost, and what the gain cost. */
import type { ReactNode } from "react";
import type { PipelineResults } from "#shared/schema/evaluation.ts";
import type { RunSummary } from "#shared/schema/run.ts";
import { unpricedText } from "#shared/usd-text.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import {
  formatCost,
  formatDuration,
  formatEnergy,
  formatNumber,
  formatUsd,
} from "#renderer/ui/format.ts";
import { UsdInColumn } from "#renderer/ui/usd-column.tsx";
import { placesOf } from "#renderer/ui/usd-places.ts";
import { useNow } from "#renderer/ui/use-now.ts";
import { stageCosts } from "./stage-costs.ts";

export interface CostTableProps {
  readonly results: PipelineResults;
  readonly runs: readonly RunSummary[];
  /** More may still be measured. */
  readonly active: boolean;
}

export function CostTable({ results, runs, active }: CostTableProps): ReactNode {
  const { total, boughtUsd, unpricedRequests, unpricedTokens, usdPerPoint } = results;
  const costs = stageCosts(results, runs, useNow());
  const places = placesOf([...costs.stages.map(({ usd }) => usd), boughtUsd, costs.usd]);
  const inDollars = (usd: number | null): ReactNode =>
    usd === null ? "–" : <UsdInColumn usd={usd} places={places} />;
  const withoutCost = costs.stages.filter(({ usd }) => usd === null);
  return (
    <section aria-label="Cost of each stage">
      <div className="head bt">
        <h2>Cost</h2>
        <span className="note end">
          {usdPerPoint === null
            ? `no gain to divide by${active ? " yet" : ""}`
            : `${formatUsd(usdPerPoint.value)} for each point gained`}
        </span>
      </div>
      <table>
        <thead>
          <tr>
            <th>Stage</th>
            <th className="num">Time</th>
            <th className="num">Cost</th>
          </tr>
        </thead>
        <tbody>
          {costs.stages.map(({ runId, stageName, ms, usd }) => (
            <tr key={runId}>
              <td>
                <a className="link" href={hrefTo(["run", runId])}>
                  {stageName}
                </a>
              </td>
              <td className="num">{formatDuration(ms)}</td>
              <td className="num">{inDollars(usd)}</td>
            </tr>
          ))}
          {(boughtUsd !== 0 || unpricedRequests > 0) && (
            <tr>
              <td>Bought for it</td>
              <td className="num">–</td>
              <td className="num">
                {boughtUsd === 0 ? formatCost(null, unpricedTokens) : inDollars(boughtUsd)}
              </td>
            </tr>
          )}
          <tr className="total">
            <td>{boughtUsd === 0 ? "All stages" : "Together"}</td>
            <td className="num">{formatDuration(costs.ms)}</td>
            <td className="num">{inDollars(costs.usd)}</td>
          </tr>
        </tbody>
      </table>
      {unpricedRequests > 0 && (
        <p className="s11 t3" style={{ padding: "4px 16px 0" }}>
          {unpricedText(unpricedRequests, unpricedTokens)}: what they cost is in no sum.
        </p>
      )}
      {withoutCost.length > 0 && (
        <p className="s11 t3" style={{ padding: "4px 16px 0" }}>
          No use is recorded of {withoutCost.map(({ stageName }) => stageName).join(", ")}, so no
          cost is known. A stage writes what it used with each checkpoint and at its end.
        </p>
      )}
      <p className="s11 t3" style={{ padding: "4px 16px 12px" }}>
        {formatNumber(total.tokensSampled)} tokens sampled, {formatNumber(total.tokensTrained)}{" "}
        trained. Electricity: {formatEnergy(total.energyJ)}. Processor{" "}
        {formatNumber(total.cpuSeconds / 3600, 3)} core hours
        {total.gpuSeconds > 0 ? `, GPU ${formatNumber(total.gpuSeconds / 3600, 3)} hours` : ""}.
      </p>
    </section>
  );
}
