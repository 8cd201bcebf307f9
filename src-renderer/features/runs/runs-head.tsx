/** The head of the Runs screen: how many pipelines are shown, and what decides which. */
import type { ReactNode, RefObject } from "react";
import { FilterField } from "#renderer/ui/filter-field.tsx";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { asGrouping } from "./rows/run-rows.ts";
import type { RunRow } from "./rows/run-row.ts";
import type { RunList } from "./rows/use-run-list.ts";
import type { RunView } from "./rows/use-run-view.ts";

export function RunsHead({
  list,
  view,
  filterField,
}: {
  readonly list: RunList;
  readonly view: RunView;
  readonly filterField: RefObject<HTMLInputElement | null>;
}): ReactNode {
  const { pipelines, total, loaded } = list.all;
  const { status, text, folded, grouping } = view.filter;
  return (
    <div className="screenhead runshead">
      <h1>Runs</h1>
      {loaded && (
        <span className="t3 s12 nowrap">
          {plural(launchCount(list.rows), "pipeline", "pipelines")} of {total}
          {pipelines.length < total && `, ${String(total - pipelines.length)} being read`}
        </span>
      )}
      <span className="end flex">
        <Segments
          label="Status"
          value={status}
          onChange={view.setStatus}
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
            onChange={(event) => view.setGrouping(asGrouping(event.currentTarget.value))}
          >
            <option value="launch">pipeline</option>
            <option value="recipe">recipe</option>
            <option value="sweep">sweep</option>
            <option value="none">nothing</option>
          </select>
        </label>
        <FilterField
          label="Filter by name"
          value={text}
          onChange={view.setText}
          field={filterField}
        />
        {grouping !== "none" && (
          <button type="button" className="btn" aria-pressed={folded} onClick={view.toggleStages}>
            {folded ? "Show stages" : "Hide stages"} <KeyCaps keys="X" />
          </button>
        )}
      </span>
    </div>
  );
}

/** Pipelines that are shown, by themselves or by a stage. */
function launchCount(rows: readonly RunRow[]): number {
  return new Set(
    rows.flatMap((row) =>
      row.type === "pipeline" ? [row.key] : row.type === "run" ? [row.run.pipelineId] : [],
    ),
  ).size;
}
