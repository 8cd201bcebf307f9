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
import { holmAdjusted } from "#main/jobs/comparison-statistics.ts";
import type { Store } from "#main/store/store.ts";
import { askedGroups } from "./asked-benchmarks.ts";
import type { AskedGroup, ComparisonRequest } from "./asked-benchmarks.ts";
import { modelHistory } from "./model-history.ts";
import type { PairedVerdicts } from "./paired-verdict.ts";
import { protocolCautions, refusalOf, sampleCautions } from "./protocol.ts";
import { publishedScores } from "./published.ts";

const SIGNIFICANCE = 0.05;

/** Works out the tests one by one and lets the host answer others in between. */
export async function prepareVerdicts(
  store: Store,
  verdicts: PairedVerdicts,
  request: ComparisonRequest,
): Promise<void> {
  for (const { baseline, records } of askedGroups(store, request).groups) {
    for (const { runId, summary } of records) {
      if (runId === baseline.runId || refusalOf(summary, baseline.summary) !== null) continue;
      await setImmediate();
      verdicts.of(runId, baseline.runId);
    }
  }
}

/** Throws BAD_INPUT where nothing that was asked can be shown. */
export function comparisonReport(
  store: Store,
  verdicts: PairedVerdicts,
  request: ComparisonRequest,
): ComparisonReport {
  const asked = askedGroups(store, request);
  const published = publishedScores();
  const wanted = request.published.flatMap((id) => published.find((one) => one.id === id) ?? []);
  const unknown = request.published.filter((id) => !published.some((one) => one.id === id));
  if (asked.groups.length === 0) {
    throw new AppError(
      "BAD_INPUT",
      `Nothing to compare: ${asked.missing.map(({ id, reason }) => `${id}: ${reason}`).join("; ")}.`,
      "Name finished benchmarks, or launches that have some.",
    );
  }
  const groups = asked.groups.map((group) => groupOf(store, verdicts, group));
  const comparisons = correct(groups);
  return {
    groups: comparisons.groups,
    comparisons: comparisons.count,
    published: wanted,
    missing: [
      ...asked.missing,
      ...unknown.map((id) => ({ id, reason: "no published score has this name" })),
    ],
  };
}

function groupOf(
  store: Store,
  verdicts: PairedVerdicts,
  { task, title, baseline, records }: AskedGroup,
): ComparedGroup {
  const baselineUsd = modelHistory(store, baseline).trainingUsd;
  return {
    task,
    title,
    baseline: baseline.runId,
    rows: records.map((record) => rowOf(store, verdicts, record, baseline, baselineUsd)),
  };
}

function rowOf(
  store: Store,
  verdicts: PairedVerdicts,
  record: EvaluationRecord,
  baseline: EvaluationRecord,
  baselineUsd: number,
): ComparedRow {
  const run = store.runs.get(record.runId);
  const history = modelHistory(store, record);
  const isBaseline = record.runId === baseline.runId;
  const refused = isBaseline ? null : refusalOf(record.summary, baseline.summary);
  const versus = isBaseline || refused !== null ? null : verdicts.of(record.runId, baseline.runId);
  const refusal = refused ?? (isBaseline || versus !== null ? null : "no problem in common");
  return {
    runId: record.runId,
    pipelineId: record.pipelineId,
    pipelineName: run.pipelineName,
    label: record.label,
    seed: run.seed,
    endedAtMs: run.endedAtMs,
    summary: record.summary,
    ...history,
    evaluationUsd: run.costUsd,
    versus,
    refusal,
    cautions: isBaseline
      ? []
      : [
          ...protocolCautions(record.summary, baseline.summary),
          ...(versus === null
            ? []
            : sampleCautions(versus.problems, record.summary, baseline.summary)),
        ],
    usdPerPoint: versus === null ? null : usdPerPoint(history.trainingUsd - baselineUsd, versus),
  };
}

/** null where the row cost no more than the baseline or gained nothing. */
function usdPerPoint(usd: number, versus: PairedVerdict): UsdPerPoint | null {
  const { value, low, high } = versus.difference;
  if (usd <= 0 || value <= 0) return null;
  const of = (gain: number): number => usd / (gain * 100);
  return { value: of(value), low: of(high), high: low > 0 ? of(low) : null };
}

/** Holm's correction over every comparison of the report; the verdicts follow the corrected p. */
function correct(groups: readonly ComparedGroup[]): { groups: ComparedGroup[]; count: number } {
  const ps = groups.flatMap(({ rows }) => rows.flatMap(({ versus }) => versus?.p ?? []));
  const adjusted = holmAdjusted(ps).values();
  return {
    count: ps.length,
    groups: groups.map((group) => ({
      ...group,
      rows: group.rows.map((row) =>
        row.versus === null
          ? row
          : { ...row, versus: withAdjusted(row.versus, adjusted.next().value ?? 1) },
      ),
    })),
  };
}

function withAdjusted(versus: PairedVerdict, pAdjusted: number): PairedVerdict {
  const verdict =
    pAdjusted >= SIGNIFICANCE ? "cannot tell" : versus.difference.value > 0 ? "better" : "worse";
  return { ...versus, pAdjusted, verdict };
}
