/** The heads of the columns; those that sort are buttons. */
import type { ReactNode } from "react";
import { WhiskerScale } from "#renderer/charts/intervals/whisker.tsx";
import { Glyph } from "#renderer/ui/glyph.tsx";
import type { Sort, TableView } from "../compared-models.ts";

function SortButton({
  children,
  sort,
  now,
  onSort,
}: {
  readonly children: ReactNode;
  readonly sort: Sort;
  readonly now: Sort;
  readonly onSort: (sort: Sort) => void;
}): ReactNode {
  return (
    <button
      type="button"
      className={now === sort ? "sortbtn on" : "sortbtn"}
      aria-pressed={now === sort}
      onClick={() => onSort(now === sort ? "asked" : sort)}
    >
      {children}
      {now === sort && <Glyph name="down" />}
    </button>
  );
}

export interface TableHeadProps {
  /** The most samples of a problem. */
  readonly k: number;
  /** Of the baseline. */
  readonly letter: string;
  readonly view: TableView;
  readonly sort: Sort;
  readonly onSort: (sort: Sort) => void;
}

export function TableHead({ k, letter, view, sort, onSort }: TableHeadProps): ReactNode {
  const sorting = { now: sort, onSort };
  return (
    <thead>
      <tr>
        <th>Model</th>
        <th className="num">
          <SortButton sort="pass1" {...sorting}>
            pass@1 %
          </SortButton>
        </th>
        <th>95% interval</th>
        <th className="whiskercell">
          <WhiskerScale />
        </th>
        <th className="num">n · k</th>
        {view === "verdicts" ? (
          <>
            <th className="num">
              <SortButton sort="points" {...sorting}>
                Points vs {letter}
              </SortButton>
            </th>
            <th>interval</th>
            <th className="num">p, Holm</th>
            <th>In words</th>
          </>
        ) : (
          <>
            <th>pass@{k > 1 ? k : "k"} %</th>
            <th>cons@{k} %</th>
            <th className="num">Tokens</th>
            <th className="num">Cut %</th>
          </>
        )}
        <th className="num">
          <SortButton sort="cost" {...sorting}>
            Training $
          </SortButton>
        </th>
      </tr>
    </thead>
  );
}
