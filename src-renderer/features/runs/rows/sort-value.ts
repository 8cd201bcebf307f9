/** What a row is sorted by in each column; null where it has nothing there. Pure. */
import { lastScored } from "#renderer/ui/pipelines/pipeline-facts.ts";
import type { RunRow } from "./run-row.ts";
import { shareDone } from "#renderer/ui/pipelines/progress-text.ts";

type Value = string | number | null;

export function sortValue(row: RunRow, column: string): Value {
  if (row.type === "group") return null;
  const one = row.type === "pipeline" ? row.pipeline : row.run;
  switch (column) {
    case "name":
      return row.type === "pipeline" ? row.pipeline.name : row.run.stageName;
    case "kind":
      return row.type === "pipeline" ? row.pipeline.origin : row.run.kind;
    case "status":
      return one.status;
    case "step":
      return row.type === "pipeline"
        ? row.pipeline.runs.filter((run) => run.status === "finished").length /
            Math.max(1, row.pipeline.runs.length)
        : (shareDone(row.run) ?? null);
    case "score":
      return row.type === "pipeline"
        ? (lastScored(row.pipeline)?.score.value ?? null)
        : (row.run.score?.value ?? null);
    case "cost":
      return one.costUsd;
    case "took":
      return row.type === "pipeline" ? row.pipeline.activeMs : row.run.activeMs;
    case "when":
      return one.startedAtMs;
    default:
      return null;
  }
}
