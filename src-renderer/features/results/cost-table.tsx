/** What each stage of a pipeline cost, and what the gain cost. */
import type { ReactNode } from "react";
import type { PipelineResults } from "#shared/schema/evaluation.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import {
  formatDuration,
  formatEnergy,
  formatNumber,
  formatUsd,
  usdDigits,
} from "#renderer/ui/format.ts";

export function CostTable({ results }: { readonly results: PipelineResults }): ReactNode {
  const { stages, total, boughtUsd, usdPerPoint } = results;
  const digits = usdDigits([total.totalUsd + boughtUsd]);
  return (
    <section aria-label="Cost of each stage">
      <div className="head bt">
        <h2>Cost</h2>
        <span className="note end">
          {usdPerPoint === null
            ? "no gain to divide by yet"
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
          {stages.map((stage) => (
            <tr key={stage.runId}>
              <td className="ell" style={{ maxWidth: 120 }}>
                <a className="link" href={hrefTo(["run", stage.runId])} title={stage.stageName}>
                  {stage.stageName}
                </a>
              </td>
              <td className="num">{formatDuration(stage.cost.wallMs)}</td>
              <td className="num">{formatUsd(stage.cost.totalUsd, digits)}</td>
            </tr>
          ))}
          {boughtUsd !== 0 && (
            <tr>
              <td>Bought for it</td>
              <td className="num">–</td>
              <td className="num">{formatUsd(boughtUsd, digits)}</td>
            </tr>
          )}
          <tr className="total">
            <td>{boughtUsd === 0 ? "All stages" : "Together"}</td>
            <td className="num">{formatDuration(total.wallMs)}</td>
            <td className="num">{formatUsd(total.totalUsd + boughtUsd, digits)}</td>
          </tr>
        </tbody>
      </table>
      <p className="s11 t3" style={{ padding: "4px 16px 12px" }}>
        {formatNumber(total.tokensSampled)} tokens sampled, {formatNumber(total.tokensTrained)}{" "}
        trained. Electricity: {formatEnergy(total.energyJ)}. Processor{" "}
        {formatNumber(total.cpuSeconds / 3600, 3)} core hours
        {total.gpuSeconds > 0 ? `, GPU ${formatNumber(total.gpuSeconds / 3600, 3)} hours` : ""}.
      </p>
    </section>
  );
}
