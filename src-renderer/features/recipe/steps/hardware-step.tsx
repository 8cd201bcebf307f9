/** What each stage takes, in a table. */
import type { ReactNode } from "react";
import { formatBytes, formatDuration, formatUsd, plural } from "#renderer/ui/format.ts";
import { Empty } from "#renderer/ui/region-state.tsx";
import { useDraft } from "../document/draft-value.ts";
import { MemoryBar, rangeText } from "../estimate-region.tsx";
import { totalOf } from "../memory-parts.ts";

export function HardwareStep({ machineBytes }: { readonly machineBytes: number }): ReactNode {
  const { estimate } = useDraft();
  if (estimate === null)
    return <Empty>An estimate comes when nothing is wrong with the recipe any more.</Empty>;
  const largest = estimate.stages.reduce(
    (most, stage) => (totalOf(stage.memory ?? []) > totalOf(most?.memory ?? []) ? stage : most),
    estimate.stages[0],
  );
  return (
    <>
      <div className="sec">
        <h2>By stage</h2>
        <span className="t3 s12">
          memory from the models' shapes; the rest from earlier runs here
        </span>
      </div>
      <table className="rw">
        <thead>
          <tr>
            <th>Stage</th>
            <th className="num">Memory</th>
            <th className="num">Time</th>
            <th className="num">Cost</th>
            <th>From</th>
          </tr>
        </thead>
        <tbody>
          {estimate.stages.map((stage) => (
            <tr key={stage.stage}>
              <td className="mono">{stage.stage}</td>
              <td className="num">
                {stage.memory === null ? "–" : formatBytes(totalOf(stage.memory))}
              </td>
              <td className="num">{rangeText(stage.timeMs, formatDuration) ?? "–"}</td>
              <td className="num">{rangeText(stage.usd, formatUsd) ?? "–"}</td>
              <td className="t3">{stage.why ?? plural(stage.runs, "earlier run")}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {largest !== undefined && largest.memory !== null && (
        <>
          <div className="sec">
            <h2>Memory of {largest.stage}</h2>
            <span className="t3 s12">the stage that needs the most</span>
          </div>
          <div className="sectext">
            <MemoryBar parts={largest.memory} machineBytes={machineBytes} />
          </div>
        </>
      )}
    </>
  );
}
