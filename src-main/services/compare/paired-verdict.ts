/** Two finished benchmarks, paired problem by problem. What was worked out once is kept: a finished benchmark does not change. */
import type { PairedVerdict } from "#shared/schema/compare.ts";
import type { RunId } from "#shared/schema/run.ts";
import { pairedDetail } from "#main/jobs/comparison-statistics.ts";
import { pairedComparison } from "#main/jobs/paired-comparison.ts";
import { deriveSeed } from "#main/platform/random.ts";
import type { Store } from "#main/store/store.ts";

const KEPT = 500;

export class PairedVerdicts {
  readonly #store: Store;
  readonly #known = new Map<string, PairedVerdict | null>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** `runId` minus `baseline`, uncorrected; null where they share no problem. */
  of(runId: RunId, baseline: RunId): PairedVerdict | null {
    const key = `${runId} ${this.#endedAt(runId)} ${baseline} ${this.#endedAt(baseline)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const worked = pairedVerdict(this.#store, runId, baseline);
    if (this.#known.size >= KEPT) this.#known.clear();
    this.#known.set(key, worked);
    return worked;
  }

  #endedAt(runId: RunId): number {
    return this.#store.runs.summary(runId).endedAtMs ?? 0;
  }
}

/** Worked out anew, as `PairedVerdicts` keeps it. */
export function pairedVerdict(
  { evaluations, runs }: Store,
  runId: RunId,
  baseline: RunId,
): PairedVerdict | null {
  const before = evaluations.solved(baseline);
  const after = evaluations.solved(runId);
  const seed = deriveSeed(runs.get(runId).seed, "paired comparison");
  const paired = pairedComparison(before, after, seed);
  if (paired === null) return null;
  return { ...paired, pAdjusted: paired.p, ...pairedDetail(before, after) };
}
