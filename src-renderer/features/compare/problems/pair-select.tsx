/** The choice of the two benchmarks that are compared problem by problem. */
import type { ReactNode } from "react";
import type { RunId } from "#shared/schema/run.ts";
import type { PairOption } from "./pair-options.ts";

function SideSelect({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: RunId;
  readonly options: readonly PairOption[];
  readonly onChange: (runId: string) => void;
}): ReactNode {
  const tasks = new Set(options.map(({ task }) => task)).size;
  return (
    <select
      className="input"
      aria-label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    >
      {options.map(({ runId, model, task }) => (
        <option key={runId} value={runId}>
          {model.letter} {model.label}
          {tasks > 1 ? `, ${task}` : ""}
        </option>
      ))}
    </select>
  );
}

export interface PairSelectProps {
  readonly options: readonly PairOption[];
  readonly left: RunId;
  readonly right: RunId;
  readonly onPair: (left: string, right: string) => void;
}

export function PairSelect({ options, left, right, onPair }: PairSelectProps): ReactNode {
  return (
    <span className="end flex s12 pairpick">
      <SideSelect
        label="One side"
        value={left}
        options={options}
        onChange={(id) => onPair(id, right)}
      />
      <span className="t3">against</span>
      <SideSelect
        label="Other side"
        value={right}
        options={options}
        onChange={(id) => onPair(left, id)}
      />
    </span>
  );
}
