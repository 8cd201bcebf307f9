/** GRPO beside its twin with a critic: what each took and learned, and what going without the critic saved. */
import type { ReactNode } from "react";
import { assertNever } from "#shared/errors.ts";
import type { TwinComparison } from "#shared/schema/twin-comparison.ts";
import {
  criticText,
  learnedClaim,
  savedClaim,
  savedText,
  TWIN_NOTE,
  twinMeasures,
} from "#shared/twin-text.ts";
import type { TwinMeasure } from "#shared/twin-text.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import {
  formatBytes,
  formatDuration,
  formatFlops,
  formatInterval,
  formatNumber,
  formatPercent,
  formatUsd,
} from "../format.ts";

function amountText({ unit }: TwinMeasure, value: number | null): string {
  if (value === null) return "–";
  switch (unit) {
    case "ms":
      return formatDuration(value);
    case "bytes":
      return formatBytes(value);
    case "flops":
      return formatFlops(value);
    case "usd":
      return formatUsd(value);
    case "tokens":
      return formatNumber(value);
    default:
      return assertNever(unit);
  }
}

export function TwinTable({ twin }: { readonly twin: TwinComparison }): ReactNode {
  const claim = savedClaim(twin);
  return (
    <section aria-label={`${twin.grpo.stageName} with and without a critic`}>
      <div className="head bt">
        <h2>With and without a critic</h2>
        <span className="note">the critic is {criticText(twin)}</span>
      </div>
      <p className="s12 med" style={{ padding: "8px 16px" }}>
        {claim ?? "Not both of them have ended."}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">took</th>
            <th scope="col" className="num">
              <a className="link" href={hrefTo(["run", twin.grpo.runId])}>
                {twin.grpo.stageName}
              </a>
            </th>
            <th scope="col" className="num">
              <a className="link" href={hrefTo(["run", twin.ppo.runId])}>
                {twin.ppo.stageName}
              </a>
            </th>
            <th scope="col" className="num">
              saved
            </th>
          </tr>
        </thead>
        <tbody>
          {twinMeasures(twin).map((measure) => (
            <tr key={measure.label}>
              <th scope="row">{measure.label}</th>
              <td className="num">{amountText(measure, measure.grpo)}</td>
              <td className="num">{amountText(measure, measure.ppo)}</td>
              <td className="num">{savedText(measure)}</td>
            </tr>
          ))}
        </tbody>
        {twin.benchmarks.map((one) => (
          <tbody key={one.grpoRunId}>
            <tr>
              <th scope="row">
                pass@1{" "}
                <span className="t3">
                  {one.task}, n {formatNumber(one.n)}, k {formatNumber(one.k)}
                </span>
              </th>
              {[one.grpo, one.ppo].map((score, side) => (
                <td key={side === 0 ? "grpo" : "ppo"} className="num">
                  {formatPercent(score.value)}{" "}
                  <span className="t3">{formatInterval(score.low, score.high)}</span>
                </td>
              ))}
              <td className="num t3">–</td>
            </tr>
            <tr>
              <td colSpan={4} className="t2">
                GRPO less PPO: {learnedClaim(one)}
              </td>
            </tr>
          </tbody>
        ))}
      </table>
      <p className="s11 t3" style={{ padding: "8px 16px" }}>
        {TWIN_NOTE}
      </p>
    </section>
  );
}
