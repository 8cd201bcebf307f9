/** When two benchmarks may be compared at all, and what has to be said beside the verdict. */
import type { EvaluationSummary } from "#shared/schema/engine-protocol.ts";

/** Fewer problems than this cannot show much: with five, even winning all of them gives p = 0.0625. */
const FEW_PROBLEMS = 30;

/** Why the two are not compared, in words; null where they may be. */
export function refusalOf(summary: EvaluationSummary, baseline: EvaluationSummary): string | null {
  if (summary.task !== baseline.task)
    return `other problems: ${summary.task} against ${baseline.task}`;
  if (summary.verifierVersion !== baseline.verifierVersion)
    return `graded by other rules: ${summary.verifierVersion} against ${baseline.verifierVersion}`;
  if (summary.scoring !== baseline.scoring)
    return `${summary.scoring} scoring against ${baseline.scoring}: the rule differs, not only the model`;
  return null;
}

/** What differs between two protocols without forbidding the comparison. */
export function protocolCautions(
  summary: EvaluationSummary,
  baseline: EvaluationSummary,
): string[] {
  const cautions: string[] = [];
  if (summary.temperature !== baseline.temperature)
    cautions.push(`T ${summary.temperature}, baseline ${baseline.temperature}`);
  if (summary.topP !== baseline.topP)
    cautions.push(`top-p ${summary.topP}, baseline ${baseline.topP}`);
  if (summary.maxTokens !== baseline.maxTokens)
    cautions.push(`limit ${summary.maxTokens} tokens, baseline ${baseline.maxTokens}`);
  if (summary.k !== baseline.k) cautions.push(`k ${summary.k}, baseline ${baseline.k}`);
  return cautions;
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
