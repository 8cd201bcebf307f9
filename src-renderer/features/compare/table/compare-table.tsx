/** Every compared benchmark with its doubt, in groups that share their problems; published scores stand apart, hollow and flagged. */
import type { ReactNode } from "react";
import type { ComparedGroup, PublishedScore } from "#shared/schema/compare.ts";
import { modelKey } from "../compared-models.ts";
import type { ComparedModel, Sort, TableView } from "../compared-models.ts";
import { COLUMNS, GroupRows } from "./group-rows.tsx";
import { PublishedRow } from "./published-row.tsx";
import { TableHead } from "./table-head.tsx";

export function CompareTable({
  groups,
  published,
  models,
  view,
  sort,
  together,
  onSort,
}: {
  readonly groups: readonly ComparedGroup[];
  readonly published: readonly PublishedScore[];
  readonly models: ReadonlyMap<string, ComparedModel>;
  readonly view: TableView;
  readonly sort: Sort;
  /** Launches with several seeds as one row. */
  readonly together: boolean;
  readonly onSort: (sort: Sort) => void;
}): ReactNode {
  const first = groups[0];
  const baseline = first?.rows.find(({ runId }) => runId === first.baseline);
  const letter =
    baseline === undefined ? "baseline" : (models.get(modelKey(baseline))?.letter ?? "");
  const k = Math.max(1, ...groups.flatMap(({ rows }) => rows.map(({ summary }) => summary.k)));
  return (
    <div className="scroll comparetable" tabIndex={0} role="group" aria-label="Compared benchmarks">
      <table>
        <caption className="visually-hidden">
          Scores with intervals, each against the baseline of its group
        </caption>
        <TableHead k={k} letter={letter} view={view} sort={sort} onSort={onSort} />
        <tbody>
          {groups.map((group) => (
            <GroupRows key={group.task} {...{ group, models, view, sort, together }} />
          ))}
          {published.length > 0 && (
            <tr className="sub">
              <td colSpan={COLUMNS}>
                Published, not run here. Each flag names what differs from the protocol above.
              </td>
            </tr>
          )}
          {published.map((score) => (
            <PublishedRow key={score.id} score={score} groups={groups} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
