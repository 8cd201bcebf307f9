/** The problems of a list, with how many samples of each benchmark are right. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { ProblemRow } from "#shared/schema/compare.ts";
import type { RunId } from "#shared/schema/run.ts";
import { Mark } from "#renderer/charts/intervals/mark.tsx";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import type { PairOption } from "./pair-options.ts";

/** A count as a number and as the filled part of a bar. */
function RightCount({
  right,
  of,
  inPair,
}: {
  readonly right: number | null;
  readonly of: number | null;
  readonly inPair: boolean;
}): ReactNode {
  if (right === null || of === null)
    return (
      <span className="t3" title="this benchmark did not ask it">
        –
      </span>
    );
  return (
    <span className={inPair && right > 0 ? "rightcount med" : "rightcount t3"}>
      <i className="pip" aria-hidden="true">
        <i style={{ width: `${(100 * right) / of}%` }} />
      </i>
      {right}
    </span>
  );
}

function columnsOf(
  options: readonly PairOption[],
  pair: readonly RunId[],
): readonly GridColumn<ProblemRow>[] {
  return [
    {
      id: "problem",
      header: "Problem",
      track: "minmax(96px, 1fr)",
      cell: (row) => <span title={row.prompt}>{row.prompt}</span>,
    },
    ...options.map(({ runId, model }, index): GridColumn<ProblemRow> => ({
      id: runId,
      header: (
        <span className="columnhead" title={model.label}>
          <Mark tone={model.style} /> {model.letter}
        </span>
      ),
      track: "48px",
      numeric: true,
      cell: (row) => (
        <RightCount
          right={row.right[index] ?? null}
          of={row.of[index] ?? null}
          inPair={pair.includes(runId)}
        />
      ),
    })),
  ];
}

export function ProblemTable({
  rows,
  columns,
  pair,
  chosen,
  onChoose,
  onOpen,
}: {
  readonly rows: readonly ProblemRow[];
  readonly columns: readonly PairOption[];
  readonly pair: readonly RunId[];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
  readonly onOpen: () => void;
}): ReactNode {
  const gridColumns = useMemo(() => columnsOf(columns, pair), [columns, pair]);
  return (
    <VirtualGrid
      label="Problems"
      columns={gridColumns}
      rows={rows}
      rowKey={(row) => row.problemId}
      chosen={chosen}
      onChoose={onChoose}
      onOpen={onOpen}
    />
  );
}
