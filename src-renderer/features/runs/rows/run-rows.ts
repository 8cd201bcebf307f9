/** The rows of the Runs screen: pipelines and their stages, filtered, grouped and sorted. Pure. */
import type { PipelineSummary, RunStatus, RunSummary } from "#shared/schema/run.ts";
import { sortValue } from "./sort-value.ts";
import type { RunRow } from "./run-row.ts";

export type StatusFilter = "all" | "active" | "finished" | "attention";

const STATUSES: Readonly<Record<Exclude<StatusFilter, "all">, readonly RunStatus[]>> = {
  active: ["queued", "running", "stopping"],
  finished: ["finished"],
  attention: ["stopped", "failed", "cancelled"],
};

export function asStatusFilter(text: string): StatusFilter {
  return text === "active" || text === "finished" || text === "attention" ? text : "all";
}

/** pipeline: each with its stages. recipe, sweep: pipelines of one name or one sweep together. none: stages alone. */
export type Grouping = "launch" | "recipe" | "sweep" | "none";

export function asGrouping(text: string): Grouping {
  return text === "recipe" || text === "sweep" || text === "none" ? text : "launch";
}

export interface RowSort {
  readonly column: string;
  readonly direction: "ascending" | "descending";
}

/** "score-descending" → the sort; anything else is the order in which pipelines came. */
export function asSort(text: string): RowSort | undefined {
  const match = /^([a-z]+)-(ascending|descending)$/u.exec(text);
  const direction = match?.[2] === "ascending" ? "ascending" : "descending";
  return match?.[1] === undefined ? undefined : { column: match[1], direction };
}

/** Numbers begin with the largest, names with A; a second press turns the order, a third gives it up. */
export function nextSort(column: string, sort: RowSort | undefined): string {
  const first = column === "name" || column === "kind" || column === "status";
  const order = first ? ["ascending", "descending"] : ["descending", "ascending"];
  if (sort?.column !== column) return `${column}-${order[0] ?? ""}`;
  return sort.direction === order[0] ? `${column}-${order[1] ?? ""}` : "";
}

export interface RowFilter {
  readonly status: StatusFilter;
  readonly text: string;
  /** Pipelines only. */
  readonly folded: boolean;
  readonly grouping: Grouping;
  readonly sort: RowSort | undefined;
}

interface Found {
  readonly pipeline: PipelineSummary;
  readonly runs: readonly RunSummary[];
}

/** Pipelines that match; the text may be in the pipeline's or a stage's name, kind, id or tags. */
function found(pipelines: readonly PipelineSummary[], filter: RowFilter): readonly Found[] {
  const words = filter.text.toLowerCase().split(/\s+/u).filter(Boolean);
  return pipelines.flatMap((pipeline) => {
    if (filter.status !== "all" && !STATUSES[filter.status].includes(pipeline.status)) return [];
    if (words.length === 0) return [{ pipeline, runs: pipeline.runs }];
    const launch = `${pipeline.name} ${pipeline.id} ${pipeline.origin}`.toLowerCase();
    const runs = pipeline.runs.filter((run) =>
      words.every((word) =>
        `${launch} ${run.stageName} ${run.kind} ${run.id} ${run.tags.join(" ")}`
          .toLowerCase()
          .includes(word),
      ),
    );
    const itself = words.every((word) => launch.includes(word));
    return runs.length > 0 || itself ? [{ pipeline, runs }] : [];
  });
}

/** Values in rising or falling order, those that have none last. */
function sorted<T>(
  items: readonly T[],
  sort: RowSort | undefined,
  rowOf: (item: T) => RunRow,
): readonly T[] {
  if (sort === undefined) return items;
  const sign = sort.direction === "ascending" ? 1 : -1;
  const keyed = items.map((item) => ({ item, value: sortValue(rowOf(item), sort.column) }));
  keyed.sort((a, b) => {
    if (a.value === null || b.value === null)
      return Number(a.value === null) - Number(b.value === null);
    if (typeof a.value === "string" || typeof b.value === "string")
      return sign * String(a.value).localeCompare(String(b.value));
    return sign * (a.value - b.value);
  });
  return keyed.map(({ item }) => item);
}

function pipelineRow(pipeline: PipelineSummary): RunRow {
  return { type: "pipeline", key: pipeline.id, pipeline };
}

function runRow(run: RunSummary): RunRow {
  return { type: "run", key: run.id, run };
}

function launchRows(launches: readonly Found[], filter: RowFilter): readonly RunRow[] {
  return sorted(launches, filter.sort, ({ pipeline }) => pipelineRow(pipeline)).flatMap(
    ({ pipeline, runs }) => [
      pipelineRow(pipeline),
      ...(filter.folded ? [] : runs.map((run) => runRow(run))),
    ],
  );
}

/** Named by what differs in it: "Sweep s1 of learning_rate, seed". */
function sweepLabel(id: string, own: readonly Found[]): string {
  const keys = new Set(
    own.flatMap(({ pipeline }) => Object.keys(pipeline.sweep?.values ?? {}).map(lastKey)),
  );
  return `Sweep ${id} of ${[...keys].join(", ")}`;
}

function lastKey(path: string): string {
  return path.split(".").at(-1) ?? path;
}

export function runRows(
  pipelines: readonly PipelineSummary[],
  filter: RowFilter,
): readonly RunRow[] {
  const launches = found(pipelines, filter);
  if (filter.grouping === "launch") return launchRows(launches, filter);
  if (filter.grouping === "none") {
    const runs = launches.flatMap((one) => one.runs);
    return sorted(runs, filter.sort, runRow).map((run) => runRow(run));
  }
  const bySweep = filter.grouping === "sweep";
  const groups = Map.groupBy(launches, ({ pipeline }) =>
    bySweep ? (pipeline.sweep?.id ?? "") : pipeline.name,
  );
  return [...groups].flatMap(([id, own]) => [
    {
      type: "group" as const,
      key: `group:${id}`,
      label: bySweep ? (id === "" ? "In no sweep" : sweepLabel(id, own)) : id,
      pipelines: own.map(({ pipeline }) => pipeline),
    },
    ...launchRows(own, filter),
  ]);
}
