/** Every launch and its stages, in one table of any length: sorted, filtered, grouped, and picked for what is done to several. */
import { useCallback, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { navigate, useFilter } from "#renderer/navigation/location.ts";
import { plural, usdDigits } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { PickBar } from "./pick-bar.tsx";
import { pickedRows } from "./picked.ts";
import { rowHref, runColumns } from "./run-columns.tsx";
import { asGrouping, asSort, asStatusFilter, nextSort, runRows } from "./run-rows.ts";
import { useAllPipelines } from "./use-all-pipelines.ts";
import { usePicks } from "./use-picks.ts";
import "./runs.css";

export function RunsScreen(): ReactNode {
  const { pipelines, total, loaded, failure, refresh } = useAllPipelines();
  const [statusText, setStatus] = useFilter("status", "all");
  const [text, setText] = useFilter("text");
  const [fold, setFold] = useFilter("stages", "shown");
  const [groupText, setGroup] = useFilter("group", "launch");
  const [sortText, setSort] = useFilter("sort");
  const picks = usePicks();
  const [chosen, setChosen] = useState(0);
  const search = useRef<HTMLInputElement>(null);
  const now = useNow(5000);
  const status = asStatusFilter(statusText);
  const grouping = asGrouping(groupText);
  const folded = fold === "hidden";
  const sort = useMemo(() => asSort(sortText), [sortText]);
  const rows = useMemo(
    () => runRows(pipelines, { status, text, folded, grouping, sort }),
    [pipelines, status, text, folded, grouping, sort],
  );
  const picked = useMemo(() => pickedRows(pipelines, picks.keys), [pipelines, picks.keys]);
  const digits = usdDigits(pipelines.map((one) => one.costUsd));
  const flat = grouping === "none";
  const { keys, toggle } = picks;
  const columns = useMemo(
    () => runColumns({ now, digits, flat, picked: keys, onPick: toggle }),
    [now, digits, flat, keys, toggle],
  );
  const at = Math.min(chosen, rows.length - 1);
  const chosenRow = rows[at];
  const open = useCallback(
    (index: number): void => {
      const row = rows[index];
      const href = row === undefined ? undefined : rowHref(row);
      if (href !== undefined) navigate(href);
    },
    [rows],
  );
  const pick = useCallback(
    (index: number): void => {
      const row = rows[index];
      if (row === undefined) return;
      if (row.type !== "group") toggle(row.key);
      else picks.set([...keys, ...row.pipelines.map((one) => one.id)]);
    },
    [rows, toggle, picks, keys],
  );
  useCommands(
    useMemo(() => {
      const command = (id: string, title: string, key: string, run: () => void) => ({
        id: `runs.${id}`,
        title,
        group: "This screen" as const,
        keys: key,
        run,
      });
      return [
        command("next", "Next row", "J", () => setChosen(Math.min(rows.length - 1, at + 1))),
        command("previous", "Previous row", "K", () => setChosen(Math.max(0, at - 1))),
        command("open", "Open the chosen row", "Enter", () => open(at)),
        command("pick", "Pick the chosen row, or not", "P", () => pick(at)),
        command("pick-all", "Pick every row that is shown", "A", () =>
          picks.set(rows.flatMap((row) => (row.type === "group" ? [] : [row.key]))),
        ),
        command("fold", "Show or hide stages", "X", () => setFold(folded ? "shown" : "hidden")),
        {
          id: "runs.filter",
          title: "Filter by name or tag",
          group: "This screen" as const,
          keys: "/",
          run: () => search.current?.focus(),
        },
      ];
    }, [rows, at, open, pick, picks, folded, setFold]),
  );
  const launches = new Set(
    rows.flatMap((row) =>
      row.type === "pipeline" ? [row.key] : row.type === "run" ? [row.run.pipelineId] : [],
    ),
  ).size;
  return (
    <>
      <div className="screenhead runshead">
        <h1>Runs</h1>
        {loaded && (
          <span className="t3 s12 nowrap">
            {plural(launches, "launch", "launches")} of {total}
            {pipelines.length < total && `, ${String(total - pipelines.length)} being read`}
          </span>
        )}
        <span className="end flex">
          <Segments
            label="Status"
            value={status}
            onChange={setStatus}
            segments={[
              { value: "all", label: "All" },
              { value: "active", label: "At work" },
              { value: "finished", label: "Finished" },
              { value: "attention", label: "Stopped or failed" },
            ]}
          />
          <label className="flex s12 t3">
            <span className="opt">Group by</span>
            <select
              className="input"
              aria-label="Group rows by"
              value={grouping}
              onChange={(event) => setGroup(event.currentTarget.value)}
            >
              <option value="launch">launch</option>
              <option value="recipe">recipe</option>
              <option value="sweep">sweep</option>
              <option value="none">nothing</option>
            </select>
          </label>
          <label className="input filter">
            <span className="visually-hidden">Filter by name</span>
            <input
              ref={search}
              value={text}
              placeholder="Filter"
              spellCheck={false}
              onChange={(event) => setText(event.currentTarget.value)}
              onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
            />
            <KeyCaps keys="/" />
          </label>
          {!flat && (
            <button
              type="button"
              className="btn"
              aria-pressed={folded}
              onClick={() => setFold(folded ? "shown" : "hidden")}
            >
              {folded ? "Show stages" : "Hide stages"} <KeyCaps keys="X" />
            </button>
          )}
        </span>
      </div>
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
      {total > 0 && rows.length === 0 && (
        <Empty>No launch matches the filter. Clear it to see all {total}.</Empty>
      )}
      {rows.length > 0 && (
        <VirtualGrid
          label="Launches and stages"
          columns={columns}
          rows={rows}
          rowKey={(row) => row.key}
          rowClass={(row) =>
            [row.type === "run" ? "" : "launchrow", keys.has(row.key) ? "picked" : ""].join(" ")
          }
          chosen={at}
          onChoose={setChosen}
          onOpen={open}
          onPick={pick}
          onSort={(column) => setSort(nextSort(column, sort))}
          {...(sort === undefined ? {} : { sort })}
        />
      )}
      {chosenRow !== undefined && (
        <p className="visually-hidden" role="status">
          {keys.has(chosenRow.key) ? "picked" : ""}
        </p>
      )}
    </>
  );
}
