/** What a launch's money bought: accepted samples, and points of pass@1. */
import type { CostEntry, CostYield } from "#shared/schema/cost.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { modelHistory } from "../compare/model-history.ts";
import type { PairedVerdicts } from "../compare/paired-verdict.ts";
import { refusalOf } from "../compare/protocol.ts";
import { totalCost } from "../cost-of-usage.ts";

export function yieldOf(
  store: Store,
  verdicts: PairedVerdicts,
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
    usdPerPoint: usdPerPoint(store, verdicts, pipelineId),
  };
}

/**
 * The cost of the stages behind the best model, beyond those behind the first, by the gain between
 * them. The best was chosen for being the best, so its gain flatters a little.
 */
function usdPerPoint(
  store: Store,
  verdicts: PairedVerdicts,
  pipelineId: PipelineId,
): CostYield["usdPerPoint"] {
  const [first, ...later] = store.evaluations.ofPipeline(pipelineId);
  if (first === undefined) return null;
  const best = later
    .filter(({ summary }) => refusalOf(summary, first.summary) === null)
    .toSorted((a, b) => b.summary.pass1.value - a.summary.pass1.value)[0];
  if (best === undefined) return null;
  const gain = verdicts.of(best.runId, first.runId)?.difference;
  const usd = modelHistory(store, best).trainingUsd - modelHistory(store, first).trainingUsd;
  if (gain === undefined || gain.value <= 0 || usd <= 0) return null;
  const per = (points: number): number => usd / (points * 100);
  return {
    value: per(gain.value),
    low: per(gain.high),
    high: gain.low > 0 ? per(gain.low) : null,
  };
}
