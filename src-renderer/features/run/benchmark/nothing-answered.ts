/** What a list of a benchmark's problems says while none is in it. Pure. */
import type { RunSummary } from "#shared/schema/run.ts";
import { isActive } from "#renderer/ui/pipelines/pipeline-facts.ts";

/** @param all the list is of all problems, not of those answered in one way. */
export function nothingAnswered(status: RunSummary["status"], all: boolean): string {
  if (!all)
    return isActive(status)
      ? "No problem answered so far is in this list. It may fill, or choose another."
      : "No problem is in this list. Choose another.";
  if (status === "queued") return "No problem is answered before the benchmark runs.";
  return isActive(status)
    ? "No problem is answered yet. Each comes here when it is."
    : "The benchmark ended before it had answered a problem.";
}
