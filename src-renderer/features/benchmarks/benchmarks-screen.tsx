/** What models are measured by: every protocol with its runs, imported sets, and scores published elsewhere. */
import { useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate, useFilter } from "#renderer/navigation/location.ts";
import { benchmarksQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Whisker, WhiskerScale } from "#renderer/charts/intervals/whisker.tsx";
import {
  formatInterval,
  formatPercent,
  formatUsd,
  formatWhen,
  plural,
  usdDigits,
} from "#renderer/ui/format.ts";
import { launchText } from "#renderer/ui/launches/launch-name.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { doneText } from "#renderer/ui/launches/progress-line.tsx";
import { Empty, FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { statusWord } from "#renderer/ui/launches/run-status.tsx";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { VirtualGrid } from "#renderer/ui/virtual-grid.tsx";
import type { GridColumn } from "#renderer/ui/virtual-grid.tsx";
import { benchmarkRows, protocolText } from "./benchmark-rows.ts";
import type { BenchmarkRow } from "./benchmark-rows.ts";
import { ImportDialog } from "./import-dialog.tsx";
import { PublishedRegion } from "./published-region.tsx";
import { RunDialog } from "./run-dialog.tsx";
import { SetsRegion } from "./sets-region.tsx";
import "./benchmarks.css";

interface Marks {
  readonly marked: ReadonlySet<string>;
  readonly toggle: (key: string) => void;
}

function NameCell({
  row,
  marks,
}: {
  readonly row: BenchmarkRow;
  readonly marks: Marks;
}): ReactNode {
  if (row.type === "protocol")
    return (
      <span className="protocolcell">
        <span className="med">{row.listed.protocol.task}</span>{" "}
        <span className="t3">{protocolText(row.listed.protocol)}</span>
      </span>
    );
  const { run, label } = row;
  return (
    <span className="runcell">
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={`Mark ${label} of ${launchText(run)}`}
        disabled={run.score === null}
        checked={marks.marked.has(row.key)}
        onChange={() => marks.toggle(row.key)}
      />
      <a href={hrefTo(["run", run.id])} tabIndex={-1}>
        {label}
      </a>{" "}
      <span className="t3">{launchText(run)}</span>
    </span>
  );
}

function columnsOf(marks: Marks, now: number, digits: number): readonly GridColumn<BenchmarkRow>[] {
  return [
    {
      id: "name",
      header: "Model",
      track: "minmax(200px, 1.5fr)",
      cell: (row) => <NameCell row={row} marks={marks} />,
    },
    {
      id: "score",
      header: "pass@1 %",
      track: "72px",
      numeric: true,
      cell: (row) =>
        row.type === "protocol" ? null : (
          <span className="med">
            {row.run.score === null ? "" : formatPercent(row.run.score.value)}
          </span>
        ),
    },
    {
      id: "interval",
      header: "95% interval",
      track: "96px",
      cell: (row) =>
        row.type === "protocol" ? null : row.run.score === null ? (
          <span className="t3">
            {row.run.status === "running" ? doneText(row.run) : statusWord(row.run.status)}
          </span>
        ) : (
          <span className="ci">{formatInterval(row.run.score.low, row.run.score.high)}</span>
        ),
    },
    {
      id: "whisker",
      wideOnly: true,
      header: <WhiskerScale />,
      track: "160px",
      cell: (row) =>
        row.type === "protocol" || row.run.score === null ? null : (
          <Whisker estimate={row.run.score} />
        ),
    },
    {
      id: "cost",
      header: "Cost",
      track: "76px",
      numeric: true,
      cell: (row) =>
        row.type === "protocol"
          ? null
          : row.run.costUsd === null
            ? ""
            : formatUsd(row.run.costUsd, digits),
    },
    {
      id: "when",
      header: "Ended",
      track: "116px",
      numeric: true,
      cell: (row) =>
        row.type === "protocol" || row.run.endedAtMs === null ? null : (
          <span className="t3">{formatWhen(row.run.endedAtMs, now)}</span>
        ),
    },
  ];
}

export function BenchmarksScreen(): ReactNode {
  const query = useQuery(benchmarksQuery);
  const [text, setText] = useFilter("text");
  const [rowText, setRow] = useFilter("row", "0");
  const [open, setOpen] = useState<"import" | "run" | undefined>(undefined);
  const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
  const search = useRef<HTMLInputElement>(null);
  const now = useNow(60_000);
  const listed = query.data;
  const rows = useMemo(() => benchmarkRows(listed?.protocols ?? [], text), [listed, text]);
  const at = Math.max(0, Math.min(rows.length - 1, Number(rowText) || 0));
  const chosen = rows[at];
  const marks = useMemo(
    (): Marks => ({
      marked,
      toggle: (key) =>
        setMarked((before) => {
          const next = new Set(before);
          if (!next.delete(key)) next.add(key);
          return next;
        }),
    }),
    [marked],
  );
  const digits = usdDigits(rows.map((row) => (row.type === "run" ? row.run.costUsd : null)));
  const columns = useMemo(() => columnsOf(marks, now, digits), [marks, now, digits]);
  const compare = useMemo(
    () => () => navigate(hrefTo(["compare"], { runs: [...marked].join(",") })),
    [marked],
  );
  useCommands(
    useMemo(
      () => [
        {
          id: "benchmarks.run",
          title: "Run a benchmark",
          group: "This screen" as const,
          keys: "N",
          run: () => setOpen("run"),
        },
        {
          id: "benchmarks.import",
          title: "Import a benchmark",
          group: "This screen" as const,
          keys: "I",
          run: () => setOpen("import"),
        },
        {
          id: "benchmarks.next",
          title: "Next row",
          group: "This screen" as const,
          keys: "J",
          run: () => setRow(String(Math.min(rows.length - 1, at + 1))),
        },
        {
          id: "benchmarks.previous",
          title: "Previous row",
          group: "This screen" as const,
          keys: "K",
          run: () => setRow(String(Math.max(0, at - 1))),
        },
        {
          id: "benchmarks.mark",
          title: "Mark the chosen row",
          group: "This screen" as const,
          keys: "X",
          notNow:
            chosen?.type === "run" && chosen.run.score !== null
              ? undefined
              : "Choose a finished benchmark first.",
          run: () => {
            if (chosen?.type === "run" && chosen.run.score !== null) marks.toggle(chosen.key);
          },
        },
        {
          id: "benchmarks.compare",
          title: "Compare the marked",
          group: "This screen" as const,
          keys: "A",
          notNow: marked.size === 0 ? "Mark some first." : undefined,
          run: compare,
        },
        {
          id: "benchmarks.filter",
          title: "Filter",
          group: "This screen" as const,
          keys: "/",
          run: () => search.current?.focus(),
        },
      ],
      [rows.length, at, chosen, marks, marked, compare, setRow],
    ),
  );
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
          <span className="input filter flex">
            <input
              ref={search}
              aria-label="Filter benchmarks"
              placeholder="Filter"
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
            <KeyCaps keys="/" />
          </span>
          <button type="button" className="btn" disabled={marked.size === 0} onClick={compare}>
            Compare{marked.size > 0 ? ` ${String(marked.size)}` : ""} <KeyCaps keys="A" />
          </button>
          <button type="button" className="btn" onClick={() => setOpen("import")}>
            Import <KeyCaps keys="I" />
          </button>
          <button type="button" className="btn primary" onClick={() => setOpen("run")}>
            Run a benchmark <KeyCaps keys="N" />
          </button>
        </span>
      </div>
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      <div className="cols benchmarkcols">
        <Splitter
          name="benchmarks"
          side="right"
          label="Width of the side"
          initial={340}
          min={264}
        />
        <div className="region">
          {listed === undefined && query.failure === undefined && <SkeletonRows rows={12} />}
          {listed !== undefined && rows.length === 0 && (
            <Empty>
              {text === ""
                ? "No benchmark was run yet. Run one on a model, or start a recipe that has some."
                : "No benchmark matches the filter."}
            </Empty>
          )}
          {rows.length > 0 && (
            <VirtualGrid
              label="Benchmarks"
              columns={columns}
              rows={rows}
              rowKey={(row) => row.key}
              rowClass={(row) => (row.type === "protocol" ? "protocolrow" : undefined)}
              chosen={at}
              onChoose={(index) => setRow(String(index))}
              onOpen={(index) => {
                const row = rows[index];
                if (row?.type === "run") navigate(hrefTo(["run", row.run.id]));
              }}
            />
          )}
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
