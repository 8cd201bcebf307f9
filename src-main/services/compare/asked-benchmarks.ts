/** Which finished benchmarks a list of ids means. */
import type { ComparisonReport } from "#shared/schema/compare.ts";
import type { EvaluationRecord } from "#shared/schema/evaluation.ts";
import { RunId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";

export interface AskedBenchmarks {
  readonly records: readonly EvaluationRecord[];
  readonly missing: ComparisonReport["missing"];
}

/** A benchmark is itself, another stage the benchmarks that measured its model, a launch all of its benchmarks. Each once, in the order asked. */
export function askedBenchmarks(store: Store, ids: readonly string[]): AskedBenchmarks {
  const all = store.evaluations.finished();
  const records = new Map<string, EvaluationRecord>();
  const missing: { id: string; reason: string }[] = [];
  for (const id of ids) {
    const own = all.filter(
      (record) =>
        record.runId === id ||
        record.pipelineId === id ||
        (RunId.parse(`${record.pipelineId}-${record.label}`) === id && record.runId !== id),
    );
    if (own.length === 0) missing.push({ id, reason: reasonOf(store, id) });
    for (const record of own) records.set(record.runId, record);
  }
  return {
    records: [...records.values()].map(({ runId, pipelineId, label, summary, comparison }) => ({
      runId,
      pipelineId,
      label,
      summary,
      comparison,
    })),
    missing,
  };
}

function reasonOf(store: Store, id: string): string {
  const known = store.runs
    .list({ offset: 0, limit: 1, text: id })
    .runs.some((run) => run.id === id || run.pipelineId === id);
  return known ? "it has no finished benchmark" : "it is not in this workspace";
}
