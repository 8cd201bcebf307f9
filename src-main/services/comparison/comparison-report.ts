/** A comparison of finished benchmarks: each row against its group's baseline, all p-values corrected together. */
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type {
  ComparedGroup,
  ComparedRow,
  ComparisonReport,
  PairedVerdict,
  UsdPerPoint,
} from "#shared/schema/compare.ts";
import type { EvaluationRecord } from "#shared/schema/evaluation.ts";
import type { Store } from "#main/store/store.ts";
import { comparedGroups } from "./compared-benchmarks.ts";
import type { ComparisonRequest, RecordGroup } from "./compared-benchmarks.ts";
import { modelHistory } from "./model-history.ts";
import { judge, prepareTest } from "./judge.ts";
import type { JudgedPair } from "./judge.ts";
import type { PairedTests } from "./paired-tests.ts";
import { publishedScores } from "./published.ts";
import { rowsOverSeeds } from "./rows-over-seeds.ts";

/** Works out the tests one by one and lets the host answer others in between. */
export async function prepareTests(
  store: Store,
  tests: PairedTests,
  request: ComparisonRequest,
): Promise<void> {
  for (const pair of pairsOf(comparedGroups(store, request).groups)) {
    await setImmediate();
    prepareTest(tests, pair);
  }
}

/** Throws BAD_INPUT where nothing that was asked can be shown. */
export function comparisonReport(
  store: Store,
  tests: PairedTests,
  request: ComparisonRequest,
): ComparisonReport {
  const asked = comparedGroups(store, request);
  const published = publishedScores();
  const wanted = request.published.flatMap((id) => published.find((one) => one.id === id) ?? []);
  const unknown = request.published.filter((id) => !published.some((one) => one.id === id));
  if (asked.groups.length === 0) {
    throw new AppError(
      "BAD_INPUT",
      `Nothing to compare: ${asked.missing.map(({ id, reason }) => `${id}: ${reason}`).join("; ")}.`,
      "Name finished benchmarks, or pipelines that have some.",
    );
  }
  const judged = judge(store, tests, pairsOf(asked.groups));
  const next = judged.values();
  const groups = asked.groups.map(({ task, title, baseline, records }): ComparedGroup => {
    const baselineUsd = modelHistory(store, baseline).trainingUsd;
    const rows = records.map((record): ComparedRow => {
      const row = rowOf(store, record);
      const found = record.runId === baseline.runId ? undefined : next.next().value;
      if (found === undefined) return { ...row, ...BASELINE };
      const perPoint =
        found.versus === null ? null : usdPerPoint(row.trainingUsd - baselineUsd, found.versus);
      return { ...row, ...found, usdPerPoint: perPoint };
    });
    const seeds = rowsOverSeeds(store, rows);
    return { task, title, baseline: baseline.runId, rows, seeds };
  });
  return {
    groups,
    comparisons: judged.filter(({ versus }) => versus !== null).length,
    published: wanted,
    missing: [
      ...asked.missing,
      ...unknown.map((id) => ({ id, reason: "no published score has this name" })),
    ],
  };
}

/** Every row against its group's baseline. */
function pairsOf(groups: readonly RecordGroup[]): JudgedPair[] {
  return groups.flatMap(({ baseline, records }) =>
    records.filter(({ runId }) => runId !== baseline.runId).map((record) => ({ record, baseline })),
  );
}

function rowOf(store: Store, record: EvaluationRecord): Omit<ComparedRow, keyof Judged> {
  const run = store.runs.get(record.runId);
  return {
    runId: record.runId,
    pipelineId: record.pipelineId,
    pipelineName: run.pipelineName,
    label: record.label,
    seed: run.seed,
    endedAtMs: run.endedAtMs,
    summary: record.summary,
    ...modelHistory(store, record),
    evaluationUsd: run.costUsd,
  };
}

type Judged = Pick<ComparedRow, "versus" | "refusal" | "cautions" | "usdPerPoint">;

const BASELINE: Judged = { versus: null, refusal: null, cautions: [], usdPerPoint: null };

/** null where the row cost no more than the baseline or gained nothing. */
function usdPerPoint(usd: number, versus: PairedVerdict): UsdPerPoint | null {
  const { value, low, high } = versus.difference;
  if (usd <= 0 || value <= 0) return null;
  const of = (gain: number): number => usd / (gain * 100);
  return { value: of(value), low: of(high), high: low > 0 ? of(low) : null };
}
