/** When two benchmarks may be compared at all, and what has to be said beside the verdict. */
import type { EvaluationSummary } from "#shared/schema/engine-protocol.ts";
import type { EvaluationRecord } from "#shared/schema/evaluation.ts";
import type { Store } from "#main/store/store.ts";
import { ancestors } from "./model-history.ts";

/** Fewer problems than this cannot show much: with five, even winning all of them gives p = 0.0625. */
const FEW_PROBLEMS = 30;

/** With fewer even winning all of them gives p above 0.05: nothing could be told. */
const LEAST_PROBLEMS = 6;

/** Why the two are not compared, in words; null where they may be. */
export function refusalOf(summary: EvaluationSummary, baseline: EvaluationSummary): string | null {
  if (summary.task !== baseline.task)
    return `other problems: ${summary.task} against ${baseline.task}`;
  if (summary.verifierVersion !== baseline.verifierVersion)
    return `held out or graded by other rules: ${summary.verifierVersion} against ${baseline.verifierVersion}`;
  if (summary.scoring !== baseline.scoring)
    return `${summary.scoring} scoring against ${baseline.scoring}: the rule differs, not only the model`;
  return null;
}

/** Why so many shared problems are not enough; null where they are. */
export function refusalOfShared(problems: number): string | null {
  if (problems === 0) return "no problem in common";
  return problems < LEAST_PROBLEMS
    ? `only ${problems} ${problems === 1 ? "problem" : "problems"} in common`
    : null;
}

/** Whether `record` may be compared with `baseline` as far as their protocols tell. */
export function isComparable(record: EvaluationRecord, baseline: EvaluationRecord): boolean {
  return refusalOf(record.summary, baseline.summary) === null;
}

/** The first of those that the most others may be compared with. */
export function defaultBaseline(
  records: readonly EvaluationRecord[],
): EvaluationRecord | undefined {
  const partners = (one: EvaluationRecord): number =>
    records.filter((other) => isComparable(other, one)).length;
  const most = Math.max(0, ...records.map(partners));
  return records.find((one) => partners(one) === most);
}

/** What differs between two protocols without forbidding the comparison. */
export function protocolCautions(
  store: Store,
  record: EvaluationRecord,
  baseline: EvaluationRecord,
): string[] {
  const [own, other] = [record.summary, baseline.summary];
  const cautions: string[] = [];
  if (own.temperature !== other.temperature)
    cautions.push(`T ${own.temperature}, baseline ${other.temperature}`);
  if (own.topP !== other.topP) cautions.push(`top-p ${own.topP}, baseline ${other.topP}`);
  const [options, otherOptions] = [optionsOf(store, record), optionsOf(store, baseline)];
  for (const name of OTHER_OPTIONS) {
    const [value, before] = [options.get(name), otherOptions.get(name)];
    if (value !== before) cautions.push(`${name} ${value ?? "–"}, baseline ${before ?? "–"}`);
  }
  if (own.maxTokens !== other.maxTokens)
    cautions.push(`limit ${own.maxTokens} tokens, baseline ${other.maxTokens}`);
  if (own.k !== other.k) cautions.push(`k ${own.k}, baseline ${other.k}`);
  return cautions;
}

/** Options of sampling that a summary does not hold. */
const OTHER_OPTIONS = ["top_k", "min_p", "repetition_penalty"] as const;

function optionsOf(store: Store, { runId }: EvaluationRecord): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(store.runs.get(runId).config).map(([name, value]) => [name, String(value)]),
  );
}

/** Tasks whose held-out problems changed with 0.2.0. */
const DIVIDED_ANEW = /^(?:arithmetic|addition|knights-and-knaves)\//;

/** What the way of a model to its benchmark leaves in doubt. */
export function originCautions(
  store: Store,
  record: EvaluationRecord,
  baseline: EvaluationRecord,
): string[] {
  if (!DIVIDED_ANEW.test(record.summary.verifierVersion)) return [];
  return [record, baseline].flatMap(({ runId, label }) =>
    ancestors(store, runId).some(({ id }) => store.runs.isDividedBefore(id)) &&
    !store.runs.isDividedBefore(runId)
      ? [
          `${label} was trained in part before 0.2.0, when other problems were held out: it may have met some of these`,
        ]
      : [],
  );
}

/** What the number of shared problems leaves in doubt. */
export function sampleCautions(
  problems: number,
  summary: EvaluationSummary,
  baseline: EvaluationSummary,
): string[] {
  const cautions: string[] = [];
  const most = Math.max(summary.n, baseline.n);
  if (problems < most)
    cautions.push(`paired on the ${problems} problems of ${most} that both asked`);
  if (problems < FEW_PROBLEMS) cautions.push(`only ${problems} problems: a small gap cannot show`);
  return cautions;
}
