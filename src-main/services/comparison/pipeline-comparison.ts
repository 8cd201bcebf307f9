/** The benchmarks of a pipeline in its order, each against the nearest earlier one that it may be compared with. */
import { setImmediate } from "node:timers/promises";
import type {
  ComparedEvaluation,
  ComparisonToBefore,
  EvaluationRecord,
} from "#shared/schema/evaluation.ts";
import type { UsdPerPoint } from "#shared/schema/compare.ts";
import type { PipelineId, RunId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { comparisonReport } from "./comparison-report.ts";
import { judge, prepareTest } from "./judge.ts";
import type { JudgedPair } from "./judge.ts";
import type { PairedTests } from "./paired-tests.ts";
import { isComparable } from "./protocol.ts";

/** By benchmark; without an entry for the first one on its problems. */
export function pipelineComparison(
  store: Store,
  tests: PairedTests,
  pipelineId: PipelineId,
): ReadonlyMap<RunId, ComparisonToBefore> {
  const pairs = pairsOf(store, pipelineId);
  const judged = judge(store, tests, pairs);
  return new Map(
    pairs.flatMap(({ record, baseline }, i) => {
      const judgement = judged[i];
      return judgement === undefined
        ? []
        : [[record.runId, { withRunId: baseline.runId, withLabel: baseline.label, ...judgement }]];
    }),
  );
}

/** A benchmark's record with its comparison; null where it has no result. */
export function comparedEvaluation(
  store: Store,
  tests: PairedTests,
  runId: RunId,
): ComparedEvaluation | null {
  const record = store.evaluations.get(runId);
  if (record === null) return null;
  const comparison = pipelineComparison(store, tests, record.pipelineId).get(runId) ?? null;
  return { ...record, comparison };
}

/** Works out the tests one by one and lets the host answer others in between. */
export async function preparePipeline(
  store: Store,
  tests: PairedTests,
  pipelineId: PipelineId,
): Promise<void> {
  for (const pair of pairsOf(store, pipelineId)) {
    await setImmediate();
    prepareTest(tests, pair);
  }
}

function pairsOf(store: Store, pipelineId: PipelineId): JudgedPair[] {
  const records = store.evaluations.ofPipeline(pipelineId);
  return records.flatMap((record, at) => {
    const baseline = before(records.slice(0, at), record);
    return baseline === undefined ? [] : [{ record, baseline }];
  });
}

/** Where none may be compared, the nearest on the same problems, so that the reason can be said. */
function before(
  earlier: readonly EvaluationRecord[],
  record: EvaluationRecord,
): EvaluationRecord | undefined {
  return (
    earlier.findLast((other) => isComparable(record, other)) ??
    earlier.findLast((other) => other.summary.task === record.summary.task)
  );
}

/**
 * Of the pipeline's model that gained most over its baseline, as Compare shows it; null where none gained. The best was
 * chosen for being the best, so its price a point flatters a little.
 */
export function pipelineUsdPerPoint(
  store: Store,
  tests: PairedTests,
  pipelineId: PipelineId,
): UsdPerPoint | null {
  if (store.evaluations.ofPipeline(pipelineId).length < 2) return null;
  const { groups } = comparisonReport(store, tests, { ids: [pipelineId], published: [] });
  const gain = (row: (typeof rows)[number]): number => row.versus?.difference.value ?? 0;
  const rows = groups.flatMap((group) => group.rows).filter((row) => row.usdPerPoint !== null);
  return rows.toSorted((a, b) => gain(b) - gain(a))[0]?.usdPerPoint ?? null;
}
