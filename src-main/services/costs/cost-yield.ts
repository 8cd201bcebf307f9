/** What a pipeline's money bought: accepted samples, and points of pass@1. */
import type { CostEntry, CostYield } from "#shared/schema/cost.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { pipelineUsdPerPoint } from "../comparison/pipeline-comparison.ts";
import type { PairedTests } from "../comparison/paired-tests.ts";
import { totalCost } from "./cost-of-usage.ts";

export function yieldOf(
  store: Store,
  tests: PairedTests,
  pipelineId: PipelineId,
  entries: readonly CostEntry[],
): CostYield {
  const sampling = entries.filter(({ kind }) => kind === "rejection-sampling");
  const accepted = sampling.reduce(
    (sum, { runId }) => sum + (store.runs.get(runId).outputRecords ?? 0),
    0,
  );
  const { totalUsd } = totalCost(sampling);
  return {
    acceptedSamples: sampling.length === 0 ? null : accepted,
    usdPerAcceptedSample: accepted === 0 ? null : totalUsd / accepted,
    usdPerPoint: pipelineUsdPerPoint(store, tests, pipelineId),
  };
}
