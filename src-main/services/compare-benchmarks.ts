/** Two benchmarks side by side, on the problems that both asked. */
import type { Comparison } from "#shared/schema/evaluation.ts";
import type { RunId } from "#shared/schema/run.ts";
import { pairedComparison } from "#main/jobs/paired-comparison.ts";
import { deriveSeed } from "#main/platform/random.ts";
import type { Store } from "#main/store/store.ts";

/** `id` minus `withId`, paired problem by problem; null where one has no result or they share no problem. Throws NOT_FOUND. */
export function compareBenchmarks(store: Store, id: RunId, withId: RunId): Comparison | null {
  const run = store.runs.get(id);
  const other = store.evaluations.get(store.runs.summary(withId).id);
  if (other === null || store.evaluations.get(id) === null) return null;
  const paired = pairedComparison(
    store.evaluations.solved(withId),
    store.evaluations.solved(id),
    deriveSeed(run.seed, "paired comparison"),
  );
  return paired === null ? null : { withRunId: withId, withLabel: other.label, ...paired };
}
