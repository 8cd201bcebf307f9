/** The result table of a pipeline: a row for each benchmark, with what it took to get there. */
import type { CostEntry } from "#shared/schema/cost.ts";
import type { PipelineResults, ResultRow } from "#shared/schema/evaluation.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { pipelineComparison, pipelineUsdPerPoint } from "./pipeline-comparison.ts";
import type { PairedTests } from "./paired-tests.ts";
import { twinComparisons } from "./twin-comparison.ts";
import { sumOf } from "../costs/spending.ts";
import { totalCost } from "../costs/cost-of-usage.ts";

/** Throws NOT_FOUND. */
export function pipelineResults(
  store: Store,
  tests: PairedTests,
  pipelineId: PipelineId,
): PipelineResults {
  const { runs } = store.pipelines.summary(pipelineId);
  const entries = new Map(store.costs.list(pipelineId).map((entry) => [entry.runId, entry]));
  const evaluations = new Map(
    store.evaluations.ofPipeline(pipelineId).map((record) => [record.runId, record]),
  );
  const comparisons = pipelineComparison(store, tests, pipelineId);
  const rows: ResultRow[] = [];
  let between: { stage: string; entry: CostEntry | undefined }[] = [];
  for (const run of runs) {
    const entry = entries.get(run.id);
    const record = evaluations.get(run.id);
    if (run.kind !== "benchmark") between.push({ stage: run.stageName, entry });
    else if (record !== undefined) {
      rows.push({
        ...record,
        comparison: comparisons.get(run.id) ?? null,
        stages: between.map(({ stage }) => stage),
        cost: totalCost(between.flatMap((part) => part.entry ?? [])),
      });
      between = [];
    }
  }
  const all = runs.flatMap((run) => entries.get(run.id) ?? []);
  return {
    pipelineId,
    rows,
    stages: all.map((entry) => ({
      runId: entry.runId,
      stageName: entry.stageName,
      kind: entry.kind,
      cost: totalCost([entry]),
    })),
    total: totalCost(all),
    boughtUsd: sumOf(all, store.ledger.list(pipelineId)).boughtUsd,
    ...store.endpointAnswers.unpriced({ pipelineId }),
    usdPerPoint: pipelineUsdPerPoint(store, tests, pipelineId),
    twins: twinComparisons(store, tests, [pipelineId]),
  };
}
