/** Where money went: each run's cost by what it was spent on, and the ledger's entries beside it. */
import type { CostEntry, CostShares, LedgerEntry } from "#shared/schema/cost.ts";
import type { Store } from "#main/store/store.ts";

const NONE: CostShares = {
  samplingUsd: 0,
  trainingUsd: 0,
  evaluationUsd: 0,
  apiUsd: 0,
  otherUsd: 0,
};

export function sharesOf(
  store: Store,
  entries: readonly CostEntry[],
  ledger: readonly LedgerEntry[],
): CostShares {
  return [
    ...entries.map((entry) => sharesOfRun(store, entry)),
    ...ledger.map(shareOfLedger),
  ].reduce(addShares, NONE);
}

function addShares(a: CostShares, b: CostShares): CostShares {
  return {
    samplingUsd: a.samplingUsd + b.samplingUsd,
    trainingUsd: a.trainingUsd + b.trainingUsd,
    evaluationUsd: a.evaluationUsd + b.evaluationUsd,
    apiUsd: a.apiUsd + b.apiUsd,
    otherUsd: a.otherUsd + b.otherUsd,
  };
}

function sharesOfRun(store: Store, entry: CostEntry): CostShares {
  const { totalUsd, kind } = entry;
  if (kind === "benchmark") return { ...NONE, evaluationUsd: totalUsd };
  if (kind === "rejection-sampling") return { ...NONE, samplingUsd: totalUsd };
  const sampling = samplingShare(store, entry) * totalUsd;
  return { ...NONE, samplingUsd: sampling, trainingUsd: totalUsd - sampling };
}

/** The part of a stage's time that sampling took: its tokens at the rate that was measured, in 0–1; 0 where no rate was. */
function samplingShare(store: Store, { runId, usage }: CostEntry): number {
  if (usage.tokensSampled === 0 || usage.wallMs === 0) return 0;
  const [rates] = store.metrics.series(runId, {
    names: ["sampling_tokens_per_second"],
    buckets: 1,
  });
  const rate = rates?.mean[0];
  if (rate === undefined || rate === null || rate <= 0) return 0;
  return Math.min(1, (usage.tokensSampled / rate) * (1000 / usage.wallMs));
}

function shareOfLedger({ kind, totalUsd }: LedgerEntry): CostShares {
  if (kind === "api") return { ...NONE, apiUsd: totalUsd };
  return { ...NONE, otherUsd: totalUsd };
}
