/** Every launch and its stages, in one table of any length. */
import { useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useCommands } from "../../app/command-registry.ts";
import { navigate, useFilter } from "../../app/location.ts";
import { host } from "../../bridge/host.ts";
import { useLivePipelines } from "../../bridge/live-store.ts";
import { useQuery } from "../../bridge/use-query.ts";
import { plural, usdDigits } from "../../ui/format.ts";
import { KeyCaps } from "../../ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "../../ui/region-state.tsx";
import { Segments } from "../../ui/segments.tsx";
import { useNow } from "../../ui/use-now.ts";
import { VirtualGrid } from "../../ui/virtual-grid.tsx";
import { rowHref, runColumns } from "./run-columns.tsx";
import { asStatusFilter, runRows } from "./run-rows.ts";
import "./runs.css";

const LIMIT = 1000;

export function RunsScreen(): ReactNode {
  const query = useQuery({
    key: "pipelines.all",
    topics: ["pipelines"],
    fetch: (signal) => host.pipelines.list({ limit: LIMIT }, { signal }),
  });
  const pipelines = useLivePipelines(query.data?.pipelines ?? []);
  const [statusText, setStatus] = useFilter("status", "all");
  const [text, setText] = useFilter("text");
  const [fold, setFold] = useFilter("stages", "shown");
  const [chosen, setChosen] = useState(0);
  const search = useRef<HTMLInputElement>(null);
  const now = useNow(5000);
  const status = asStatusFilter(statusText);
  const folded = fold === "hidden";
  const rows = useMemo(
    () => runRows(pipelines, { status, text, folded }),
    [pipelines, status, text, folded],
  );
  const digits = usdDigits(pipelines.map((one) => one.costUsd));
  const columns = useMemo(() => runColumns(now, digits), [now, digits]);
  const at = Math.min(chosen, rows.length - 1);
  const chosenRow = rows[at];
  useCommands(
    useMemo(
      () => [
        {
          id: "runs.next",
          title: "Next row",
          group: "This screen",
          keys: "J",
          run: () => setChosen(Math.min(rows.length - 1, at + 1)),
        },
        {
          id: "runs.previous",
          title: "Previous row",
          group: "This screen",
          keys: "K",
          run: () => setChosen(Math.max(0, at - 1)),
        },
        {
          id: "runs.open",
          title: "Open the chosen row",
          group: "This screen",
          keys: "Enter",
          run: () => {
            if (chosenRow !== undefined) navigate(rowHref(chosenRow));
          },
        },
        {
          id: "runs.filter",
          title: "Filter by name",
          group: "This screen",
          keys: "/",
          run: () => search.current?.focus(),
        },
        {
          id: "runs.fold",
          title: "Show or hide stages",
          group: "This screen",
          keys: "X",
          run: () => setFold(folded ? "shown" : "hidden"),
        },
      ],
      [rows.length, at, chosenRow, folded, setFold],
    ),
  );
  const total = query.data?.total ?? 0;
  return (
    <>
      <div className="screenhead runshead">
        <h1>Runs</h1>
        {query.data !== undefined && (
          <span className="t3 s12 nowrap">
            {plural(rows.filter((row) => row.type === "pipeline").length, "launch", "launches")} of{" "}
            {total}
            {total > LIMIT && `, newest ${String(LIMIT)} loaded`}
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
          <button
            type="button"
            className="btn"
            aria-pressed={folded}
            onClick={() => setFold(folded ? "shown" : "hidden")}
          >
            {folded ? "Show stages" : "Hide stages"} <KeyCaps keys="X" />
          </button>
        </span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined && query.failure === undefined && <SkeletonRows rows={12} />}
      {query.data !== undefined && total === 0 && (
        <Empty
          action={
            <a className="btn" href="#/">
              Go to Home
            </a>
          }
        >
          No runs yet. Run the demo from Home, or start a recipe with the command gradus run.
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
          rowClass={(row) => (row.type === "pipeline" ? "launchrow" : undefined)}
          chosen={at}
          onChoose={setChosen}
          onOpen={(index) => {
            const row = rows[index];
            if (row !== undefined) navigate(rowHref(row));
          }}
        />
      )}
    </>
  );
}
