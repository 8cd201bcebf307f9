/** What a benchmark keeps of itself when it ends: how it compares to the one before it in its launch. */
import type { Run } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { pairedVerdict } from "./paired-verdict.ts";

/** Compares a finished benchmark to the nearest earlier one; keeps null where they share no problem. */
export function compareToBefore(store: Store, run: Run): void {
  const before = store.runs
    .ofPipeline(run.pipelineId)
    .findLast(
      ({ kind, position, status }) =>
        kind === "benchmark" && position < run.position && status === "finished",
    );
  const other = before === undefined ? null : store.evaluations.get(before.id);
  if (other === null) return;
  const paired = pairedVerdict(store, run.id, other.runId);
  store.evaluations.setComparison(
    run.id,
    paired === null
      ? null
      : {
          withRunId: other.runId,
          withLabel: other.label,
          problems: paired.problems,
          difference: paired.difference,
          p: paired.p,
          verdict: paired.verdict,
        },
  );
}
