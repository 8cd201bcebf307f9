/** What the recipe will take: memory by part, time and money with their ranges, and on how many runs they rest. */
import type { ReactNode } from "react";
import type { EstimatedRange, MemoryPart, RecipeEstimate } from "#shared/schema/recipe-draft.ts";
import { COLOURS, drawnParts, totalOf } from "./memory-parts.ts";
import { formatBytes, formatDuration, formatNumber, formatUsd } from "#renderer/ui/format.ts";

/** Parts of the stage that needs the most. */
function peakParts(estimate: RecipeEstimate): readonly MemoryPart[] {
  const sums = estimate.stages.map(({ memory }) => totalOf(memory ?? []));
  return estimate.stages[sums.indexOf(Math.max(...sums))]?.memory ?? [];
}

/** "12–15 min", or one value where there was one run. */
export function rangeText(
  range: EstimatedRange | null,
  format: (value: number) => string,
): string | undefined {
  if (range === null) return undefined;
  const [low, high] = [format(range.low), format(range.high)];
  return low === high ? low : `${low} – ${high}`;
}

function partsText(parts: readonly MemoryPart[]): string {
  return parts
    .filter(({ bytes }) => bytes > 0)
    .map(({ name, bytes }) => `${name} ${formatBytes(bytes)}`)
    .join(", ");
}

export function MemoryBar({
  parts: all,
  machineBytes,
}: {
  readonly parts: readonly MemoryPart[];
  readonly machineBytes: number;
}): ReactNode {
  const parts = drawnParts(all);
  const scale = Math.max(machineBytes, totalOf(parts));
  return (
    <>
      <div
        className="membar"
        role="img"
        aria-label={parts.length === 0 ? "no estimate yet" : partsText(all)}
      >
        {parts.map(({ name, bytes }, place) => (
          <i
            key={name}
            className={COLOURS[place]}
            style={{ width: `${String((bytes / scale) * 100)}%` }}
          />
        ))}
      </div>
      <div className="leg" title={partsText(all)}>
        {parts.map(({ name, bytes }, place) => (
          <span key={name} className="nowrap">
            <i className={`sq ${COLOURS[place] ?? ""}`} /> {name}{" "}
            <span className="tn">{formatBytes(bytes)}</span>
          </span>
        ))}
      </div>
    </>
  );
}

export function EstimateRegion({
  estimate,
  checked,
  machineBytes,
}: {
  readonly estimate: RecipeEstimate | null;
  /** Whether the host has answered yet. */
  readonly checked: boolean;
  readonly machineBytes: number;
}): ReactNode {
  if (estimate === null)
    return (
      <p className="s12 t3 estimate">
        {checked
          ? "An estimate comes when nothing is wrong any more."
          : "The recipe is being looked at …"}
      </p>
    );
  // One earlier run may stand behind several stages, so their counts are not added.
  const runs = estimate.stages.map((stage) => stage.runs);
  const [least, most] = [Math.min(...runs), Math.max(...runs)];
  const without = estimate.stages.filter(({ timeMs }) => timeMs === null);
  const time = rangeText(estimate.timeMs, formatDuration);
  const usd = rangeText(estimate.usd, formatUsd);
  return (
    <div className="estimate">
      <div className="flex base">
        <span className="t2 s12">Memory</span>
        <span className="end">
          <b className="strong tn">about {formatBytes(estimate.memoryBytes)}</b>{" "}
          <span className="t3 s12">of {formatBytes(machineBytes)}</span>
        </span>
      </div>
      <MemoryBar parts={peakParts(estimate)} machineBytes={machineBytes} />
      <div className="flex base">
        <span className="t2 s12">Time</span>
        <span className="end">
          {time === undefined ? (
            <span className="t3 s12">no estimate yet</span>
          ) : (
            <b className="strong tn">{time}</b>
          )}
        </span>
      </div>
      <div className="flex base">
        <span className="t2 s12">Cost</span>
        <span className="end">
          {usd === undefined ? (
            <span className="t3 s12">no estimate yet</span>
          ) : (
            <b className="strong tn">{usd}</b>
          )}
        </span>
      </div>
      <div className="flex base">
        <span className="t2 s12">Disk</span>
        <span className="end tn s12">
          {formatBytes(estimate.diskBytes)}{" "}
          <span className="t3">of {formatBytes(estimate.diskFreeBytes)} free</span>
        </span>
      </div>
      <p className="s11 t3">
        {without.length === 0
          ? `Each stage from ${least === most ? "" : `${formatNumber(least)}–`}${formatNumber(most)} earlier on this machine, lowest to highest.`
          : `${without.length === estimate.stages.length ? "No stage" : `Not every stage`} has an earlier run to go by: ${without[0]?.stage ?? ""}, ${without[0]?.why ?? ""}.`}
      </p>
    </div>
  );
}
