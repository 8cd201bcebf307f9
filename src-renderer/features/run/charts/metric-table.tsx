/** The charts' numbers as a table: a row for each step, a column for each metric. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { formatCompact, formatNumber } from "#renderer/ui/format.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import type { MetricLine } from "./metric-line.ts";

interface StepRow {
  readonly step: number;
  readonly values: ReadonlyMap<string, number | null>;
}

/** Newest step first. */
function stepRows(lines: readonly MetricLine[]): readonly StepRow[] {
  const rows = new Map<number, Map<string, number | null>>();
  for (const line of lines) {
    for (const [index, step] of line.steps.entries()) {
      const row = rows.get(step) ?? new Map<string, number | null>();
      row.set(line.name, line.values[index] ?? null);
      rows.set(step, row);
    }
  }
  return [...rows].map(([step, values]) => ({ step, values })).toSorted((a, b) => b.step - a.step);
}

export interface MetricTableProps {
  readonly lines: readonly MetricLine[];
  readonly step: number | undefined;
  readonly onStep: (step: number) => void;
}

export function MetricTable({ lines, step, onStep }: MetricTableProps): ReactNode {
  const rows = useMemo(() => stepRows(lines), [lines]);
  // Without a pinned step the newest, which is the first row.
  const chosen =
    step === undefined
      ? 0
      : Math.max(
          0,
          rows.findIndex((row) => row.step <= step),
        );
  const columns = useMemo(
    (): readonly GridColumn<StepRow>[] => [
      {
        id: "step",
        header: "step",
        track: "72px",
        numeric: true,
        cell: (row) => formatNumber(row.step),
      },
      ...lines.map((line) => ({
        id: line.name,
        header: (
          <span className="mono" title={line.name}>
            {line.name}
          </span>
        ),
        track: `minmax(${String(Math.max(88, line.name.length * 7 + 16))}px, 1fr)`,
        numeric: true,
        cell: (row: StepRow) => formatCompact(row.values.get(line.name)),
      })),
    ],
    [lines],
  );
  return (
    <VirtualGrid
      label="Metrics by step"
      columns={columns}
      rows={rows}
      rowKey={(row) => String(row.step)}
      chosen={chosen}
      onChoose={(index) => {
        const row = rows[index];
        if (row !== undefined) onStep(row.step);
      }}
    />
  );
}
