/** The rows of the Runs screen: each launch and, below it, its stages. Pure. */
import type { PipelineSummary, RunStatus, RunSummary } from "#shared/schema/run.ts";

export type RunRow =
  | { readonly type: "pipeline"; readonly key: string; readonly pipeline: PipelineSummary }
  | { readonly type: "run"; readonly key: string; readonly run: RunSummary };

export type StatusFilter = "all" | "active" | "finished" | "attention";

const STATUSES: Readonly<Record<Exclude<StatusFilter, "all">, readonly RunStatus[]>> = {
  active: ["queued", "running", "stopping"],
  finished: ["finished"],
  attention: ["stopped", "failed", "cancelled"],
};

export function asStatusFilter(text: string): StatusFilter {
  return text === "active" || text === "finished" || text === "attention" ? text : "all";
}

export interface RowFilter {
  readonly status: StatusFilter;
  readonly text: string;
  /** Launches only. */
  readonly folded: boolean;
}

/** Launches that match, with all their stages; the text may be in the launch's or a stage's name, kind or id. */
export function runRows(
  pipelines: readonly PipelineSummary[],
  filter: RowFilter,
): readonly RunRow[] {
  const words = filter.text.toLowerCase().split(/\s+/u).filter(Boolean);
  const rows: RunRow[] = [];
  for (const pipeline of pipelines) {
    if (filter.status !== "all" && !STATUSES[filter.status].includes(pipeline.status)) continue;
    const launch = `${pipeline.name} ${pipeline.id} ${pipeline.origin}`.toLowerCase();
    const runs = pipeline.runs.filter((run) =>
      words.every((word) =>
        `${launch} ${run.stageName} ${run.kind} ${run.id}`.toLowerCase().includes(word),
      ),
    );
    if (words.length > 0 && runs.length === 0 && !words.every((word) => launch.includes(word)))
      continue;
    rows.push({ type: "pipeline", key: pipeline.id, pipeline });
    if (!filter.folded)
      rows.push(...runs.map((run): RunRow => ({ type: "run", key: run.id, run })));
  }
  return rows;
}
