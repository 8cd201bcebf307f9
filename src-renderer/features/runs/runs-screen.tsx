/** Every pipeline and its stages, in one table of any length: sorted, filtered, grouped, and picked for what is done to several. */
import { useMemo, useRef } from "react";
import type { ReactNode } from "react";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { placesOf } from "#renderer/ui/usd-places.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { runColumns } from "./columns/run-columns.tsx";
import { usdOf } from "./columns/spent-columns.tsx";
import { PickBar } from "./picks/pick-bar.tsx";
import { pickedRows } from "./picks/picked.ts";
import { usePicks } from "./picks/use-picks.ts";
import type { Picks } from "./picks/use-picks.ts";
import { useRunList } from "./rows/use-run-list.ts";
import type { RunList } from "./rows/use-run-list.ts";
import { useRunView } from "./rows/use-run-view.ts";
import type { RunView } from "./rows/use-run-view.ts";
import { RunsHead } from "./runs-head.tsx";
import { useRunsCommands } from "./use-runs-commands.ts";
import "./runs.css";

export function RunsScreen(): ReactNode {
  const view = useRunView();
  const picks = usePicks();
  const list = useRunList(view, picks);
  const filterField = useRef<HTMLInputElement>(null);
  useRunsCommands(list, view, picks, filterField);
  const { pipelines, total, loaded, failure, refresh } = list.all;
  const picked = useMemo(() => pickedRows(pipelines, picks.keys), [pipelines, picks.keys]);
  const chosen = list.rows[list.at];
  return (
    <>
      <RunsHead list={list} view={view} filterField={filterField} />
      {picks.keys.size > 0 && (
        <PickBar pipelines={pipelines} picked={picked} onClear={picks.clear} />
      )}
      {failure !== undefined && <FailureNotice failure={failure} onRetry={refresh} />}
      {!loaded && failure === undefined && <SkeletonRows rows={12} />}
      {loaded && total === 0 && (
        <Empty
          action={
            <a className="btn" href="#/">
              Go to Home
            </a>
          }
        >
          No runs yet. Run the demo from Home, or start a recipe.
        </Empty>
      )}
      {total > 0 && list.rows.length === 0 && (
        <Empty>No pipeline matches the filter. Clear it to see all {total}.</Empty>
      )}
      {list.rows.length > 0 && <RunGrid list={list} view={view} picks={picks} />}
      {chosen !== undefined && (
        <p className="visually-hidden" role="status">
          {picks.keys.has(chosen.key) ? "picked" : ""}
        </p>
      )}
    </>
  );
}

function RunGrid({
  list,
  view,
  picks,
}: {
  readonly list: RunList;
  readonly view: RunView;
  readonly picks: Picks;
}): ReactNode {
  const { grouping, sort } = view.filter;
  const { keys, toggle } = picks;
  const now = useNow(5000);
  const flat = grouping === "none";
  const usdPlaces = useMemo(() => placesOf(list.rows.map(usdOf)), [list.rows]);
  const columns = useMemo(
    () => runColumns({ now, flat, picked: keys, onPick: toggle, usdPlaces }),
    [now, flat, keys, toggle, usdPlaces],
  );
  return (
    <VirtualGrid
      label="Pipelines and stages"
      columns={columns}
      rows={list.rows}
      rowKey={(row) => row.key}
      rowClass={(row) =>
        [row.type === "run" ? "" : "launchrow", keys.has(row.key) ? "picked" : ""].join(" ")
      }
      chosen={list.at}
      onChoose={list.choose}
      onOpen={list.open}
      onPick={list.pick}
      onSort={view.sortBy}
      {...(sort === undefined ? {} : { sort })}
    />
  );
}
