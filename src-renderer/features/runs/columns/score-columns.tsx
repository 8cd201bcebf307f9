/** A row's score with its interval, its whisker, n and k: a pipeline's is that of its last benchmark. */
import type { ReactNode } from "react";
import { Whisker, WhiskerScale } from "#renderer/charts/intervals/whisker.tsx";
import { formatInterval, formatPercent } from "#renderer/ui/format.ts";
import { lastScored } from "#renderer/ui/pipelines/pipeline-facts.ts";
import { Trials } from "#renderer/ui/score.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import type { RunRow } from "../rows/run-row.ts";

type Score = NonNullable<ReturnType<typeof lastScored>>["score"];

function scoreOf(row: RunRow): Score | undefined {
  if (row.type === "group") return undefined;
  return row.type === "pipeline" ? lastScored(row.pipeline)?.score : (row.run.score ?? undefined);
}

/** A cell of what the score holds; empty without one. */
function scoreCell(cell: (score: Score) => ReactNode): (row: RunRow) => ReactNode {
  return (row) => {
    const score = scoreOf(row);
    return score === undefined ? null : cell(score);
  };
}

export const SCORE_COLUMNS: readonly GridColumn<RunRow>[] = [
  {
    id: "score",
    sortable: true,
    header: "pass@1 %",
    track: "72px",
    numeric: true,
    cell: scoreCell(({ value }) => <span className="med">{formatPercent(value)}</span>),
  },
  {
    id: "interval",
    header: "95% interval",
    track: "96px",
    cell: scoreCell(({ low, high }) => <span className="ci">{formatInterval(low, high)}</span>),
  },
  {
    id: "whisker",
    wideOnly: true,
    header: <WhiskerScale />,
    track: "minmax(120px, 1fr)",
    cell: scoreCell((score) => <Whisker estimate={score} />),
  },
  {
    id: "trials",
    header: "n · k",
    track: "68px",
    numeric: true,
    cell: scoreCell(({ n, k }) => (
      <span className="t3">
        <Trials n={n} k={k} />
      </span>
    )),
  },
];
