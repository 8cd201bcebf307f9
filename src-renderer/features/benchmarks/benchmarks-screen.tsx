/** What models are measured by: every protocol with its runs, imported sets, and scores published elsewhere. */
import { useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { FilterField } from "#renderer/ui/filter-field.tsx";
import { plural } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import { benchmarkColumns } from "./benchmark-columns.tsx";
import { ImportDialog } from "./import-dialog.tsx";
import { PublishedRegion } from "./published-region.tsx";
import { RunDialog } from "./run-dialog.tsx";
import { SetsRegion } from "./sets-region.tsx";
import { useBenchmarkList } from "./use-benchmark-list.ts";
import type { BenchmarkList } from "./use-benchmark-list.ts";
import { useBenchmarksCommands } from "./use-benchmarks-commands.ts";
import { useMarks } from "./use-marks.ts";
import type { Marks } from "./use-marks.ts";
import "./benchmarks.css";

export function BenchmarksScreen(): ReactNode {
  const list = useBenchmarkList();
  const marks = useMarks();
  const [open, setOpen] = useState<"import" | "run" | undefined>(undefined);
  const filterField = useRef<HTMLInputElement>(null);
  useBenchmarksCommands(list, marks, setOpen, filterField);
  const { data: listed, failure, refresh } = list.query;
  const { size } = marks.marked;
  return (
    <>
      <div className="screenhead">
        <h1>Benchmarks</h1>
        {listed !== undefined && (
          <span className="t3 s12 nowrap opt">
            {plural(listed.protocols.length, "protocol")},{" "}
            {plural(listed.sets.length, "imported set")}
          </span>
        )}
        <span className="end flex">
          <FilterField
            label="Filter benchmarks"
            value={list.text}
            onChange={list.setText}
            field={filterField}
          />
          <button type="button" className="btn" disabled={size === 0} onClick={marks.compare}>
            Compare{size > 0 ? ` ${String(size)}` : ""} <KeyCaps keys="A" />
          </button>
          <button type="button" className="btn" onClick={() => setOpen("import")}>
            Import <KeyCaps keys="I" />
          </button>
          <button type="button" className="btn primary" onClick={() => setOpen("run")}>
            Run a benchmark <KeyCaps keys="N" />
          </button>
        </span>
      </div>
      {failure !== undefined && <FailureNotice failure={failure} onRetry={refresh} />}
      <div className="cols benchmarkcols">
        <Splitter
          name="benchmarks"
          side="right"
          label="Width of the side"
          initial={340}
          min={264}
        />
        <div className="region">
          <BenchmarkGrid list={list} marks={marks} />
        </div>
        <aside className="region scroll" aria-label="Sets and published scores" tabIndex={0}>
          <SetsRegion sets={listed?.sets ?? []} onImport={() => setOpen("import")} />
          <PublishedRegion />
        </aside>
      </div>
      {open === "import" && <ImportDialog onClose={() => setOpen(undefined)} />}
      {open === "run" && listed !== undefined && (
        <RunDialog sets={listed.sets} tasks={listed.tasks} onClose={() => setOpen(undefined)} />
      )}
    </>
  );
}

function BenchmarkGrid({
  list,
  marks,
}: {
  readonly list: BenchmarkList;
  readonly marks: Marks;
}): ReactNode {
  const { query, rows, text, at, choose, open } = list;
  const now = useNow(60_000);
  const columns = useMemo(() => benchmarkColumns(marks, now), [marks, now]);
  if (query.data === undefined)
    return query.failure === undefined ? <SkeletonRows rows={12} /> : null;
  if (rows.length === 0)
    return (
      <Empty>
        {text === ""
          ? "No benchmark was run yet. Run one on a model, or start a recipe that has some."
          : "No benchmark matches the filter."}
      </Empty>
    );
  return (
    <VirtualGrid
      label="Benchmarks"
      columns={columns}
      rows={rows}
      rowKey={(row) => row.key}
      rowClass={(row) => (row.type === "protocol" ? "protocolrow" : undefined)}
      chosen={at}
      onChoose={choose}
      onOpen={open}
    />
  );
}
