/** The problems of a set in one table, of any length. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import { ProblemSort } from "#shared/schema/problem-set.ts";
import type { ListedProblem } from "#shared/schema/problem-set.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { RateMeter } from "../rate-meter.tsx";
import type { SetPlace } from "./set-place.ts";
import type { ChosenProblem } from "./problem/use-chosen-problem.ts";
import type { ProblemRows } from "./use-problem-rows.ts";

function oneLine(text: string): string {
  return visibleText(text).replaceAll("\n", " ");
}

const NOTHING = <span className="t3">–</span>;

const COLUMNS: readonly GridColumn<ListedProblem>[] = [
  {
    id: "position",
    header: "#",
    track: "64px",
    numeric: true,
    sortable: true,
    cell: ({ position, id }) => (
      <span className="t3" title={id}>
        {formatNumber(position + 1)}
      </span>
    ),
  },
  {
    id: "prompt",
    header: "Problem",
    track: "minmax(0, 1fr)",
    cell: ({ prompt }) => <span dir="auto">{oneLine(prompt)}</span>,
  },
  {
    id: "gold",
    header: "Answer",
    track: "minmax(72px, 0.22fr)",
    cell: ({ gold }) => (gold === null ? NOTHING : <span className="mono">{oneLine(gold)}</span>),
  },
  {
    id: "tags",
    header: "Tags",
    track: "minmax(64px, 0.2fr)",
    wideOnly: true,
    cell: ({ tags }) => (
      <span className="t2" title={tags.join(", ")}>
        {tags.length === 0 ? "" : visibleText(tags.join(", "))}
      </span>
    ),
  },
  {
    id: "difficulty",
    header: "Diff.",
    track: "56px",
    numeric: true,
    sortable: true,
    cell: ({ difficulty }) => (difficulty === null ? NOTHING : difficulty),
  },
  {
    id: "split",
    header: "Split",
    track: "52px",
    cell: ({ split }) => <span className={split === "test" ? "med" : "t3"}>{split}</span>,
  },
  {
    id: "pass_rate",
    header: "Pass rate",
    track: "124px",
    numeric: true,
    sortable: true,
    cell: ({ passRate }) => (passRate === null ? NOTHING : <RateMeter rate={passRate} />),
  },
];

export interface ProblemGridProps {
  readonly place: SetPlace;
  readonly rows: ProblemRows;
  readonly chosen: ChosenProblem;
}

export function ProblemGrid({ place, rows, chosen }: ProblemGridProps): ReactNode {
  const { total, row, query, onSee } = rows;
  const places = useMemo(() => Array.from({ length: total ?? 0 }, (_, index) => index), [total]);
  const columns = useMemo(
    () =>
      COLUMNS.map((column): GridColumn<number> => ({
        ...column,
        cell: (index) => {
          const problem = row(index);
          return problem === undefined ? "" : column.cell(problem);
        },
      })),
    [row],
  );
  const sort = (column: string): void => {
    const parsed = ProblemSort.safeParse(column);
    if (parsed.success) place.sortBy(parsed.data);
  };
  return (
    <>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {total === undefined && query.failure === undefined && <SkeletonRows rows={16} />}
      {total === 0 && (
        <Empty
          action={
            <button type="button" className="btn" onClick={() => place.setWhere("")}>
              Show all
            </button>
          }
        >
          No problem matches the filter.
        </Empty>
      )}
      {total !== undefined && total > 0 && (
        <VirtualGrid
          label="Problems"
          columns={columns}
          rows={places}
          rowKey={String}
          chosen={Math.min(chosen.at, total - 1)}
          onChoose={chosen.choose}
          onSee={onSee}
          sort={{
            column: place.sort,
            direction: place.descending ? "descending" : "ascending",
          }}
          onSort={sort}
        />
      )}
    </>
  );
}
