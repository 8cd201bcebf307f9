/** The result table of a pipeline, for the terminal and for --json. */
import { asksSeveral, scoreNames } from "#shared/comparison-text.ts";
import { counted } from "#shared/counted.ts";
import type { Unpriced } from "#shared/schema/cost.ts";
import type { EvaluationSummary } from "#shared/schema/engine-protocol.ts";
import type { ComparisonToBefore, PipelineResults } from "#shared/schema/evaluation.ts";
import { unpricedText, usdText } from "#shared/usd-text.ts";
import { duration } from "./live-line.ts";
import { percent, percentRange, versusCells } from "./score-text.ts";
import { table } from "./terminal.ts";

/** One row of `demo --json`. */
export function resultsJson(results: PipelineResults) {
  return results.rows.map(({ label, summary, comparison, cost }) => ({
    name: label,
    pass1: summary.pass1.value,
    ci: [summary.pass1.low, summary.pass1.high],
    n: summary.n,
    k: summary.k,
    passK: summary.passK,
    consK: summary.consK,
    byDifficulty: summary.byDifficulty,
    temperature: summary.temperature,
    topP: summary.topP,
    maxTokens: summary.maxTokens,
    scoring: summary.scoring,
    verifierVersion: summary.verifierVersion,
    formatRate: summary.formatRate,
    truncatedRate: summary.truncatedRate,
    comparison: comparisonJson(comparison),
    costUsd: cost.totalUsd,
  }));
}

/** Flat: what is compared has a verdict, what is not a refusal. */
function comparisonJson(comparison: ComparisonToBefore | null) {
  if (comparison === null) return null;
  const { withLabel, versus, refusal, cautions } = comparison;
  return { with: withLabel, ...versus, refusal, cautions };
}

/** Of a row that is not compared, only that. */
function comparedCells(comparison: ComparisonToBefore | null): string[] {
  const versus = comparison?.versus ?? null;
  return versus === null
    ? ["", "", "", comparison === null ? "" : "not comparable"]
    : versusCells(versus);
}

/** What the table has no room for. */
function comparisonNotes(results: PipelineResults): string[] {
  const hasSeveral = asksSeveral(results.rows);
  return results.rows.flatMap(({ label, summary, comparison }) => {
    if (comparison === null) return [];
    const { withLabel, refusal, cautions } = comparison;
    const where = hasSeveral ? ` on ${summary.task}` : "";
    const reasons = refusal === null ? cautions : [`not comparable: ${refusal}`];
    return reasons.map((reason) => `! ${label} against ${withLabel}${where}: ${reason}`);
  });
}

function settingsOf(summary: EvaluationSummary): string {
  return `n ${counted(summary.n, "problem")}, k ${counted(summary.k, "sample")} each, T ${summary.temperature}, top-p ${summary.topP}, at most ${summary.maxTokens} tokens, verifier ${summary.verifierVersion}`;
}

const HOW_COMPARED =
  "Intervals of scores are 95%; points are against the nearest row above that may be compared, p is corrected for the table, and the interval is of the same test.";

/** All that the pipeline has cost, as lists say it: what its stages used, and what was bought for it. */
export function costJson({ total, boughtUsd }: Pick<PipelineResults, "total" | "boughtUsd">) {
  return { ...total, boughtUsd, totalUsd: total.totalUsd + boughtUsd };
}

function costText(results: PipelineResults): string {
  const { wallMs, cpuSeconds, energyJ, totalUsd } = costJson(results);
  const energy = energyJ === null ? "not measured" : `${Math.round(energyJ)} J`;
  const perPoint =
    results.usdPerPoint === null
      ? ""
      : `; ${usdText(results.usdPerPoint.value)} for each point gained`;
  return `Cost ${usdText(totalUsd)}${besideText(results)} (${duration(wallMs)} of engine time, ${Math.round(cpuSeconds)} core seconds, energy ${energy})${perPoint}.`;
}

/** Beside a sum: e.g. ", and 12 requests, 12,345 tokens, to endpoints at no price"; nothing where all have one. */
export function besideText({ unpricedRequests, unpricedTokens }: Unpriced): string {
  return unpricedRequests === 0 ? "" : `, and ${unpricedText(unpricedRequests, unpricedTokens)}`;
}

export function resultsText(results: PipelineResults): string {
  if (results.rows.length === 0) {
    const spent =
      results.stages.length > 0 || results.boughtUsd > 0 || results.unpricedRequests > 0;
    return ["No benchmark has finished.", ...(spent ? [costText(results)] : [])].join("\n");
  }
  const names = scoreNames(results.rows);
  const rows = results.rows.map(({ label, summary, comparison, cost }, at) => [
    names[at] ?? label,
    percent(summary.pass1.value),
    percentRange(summary.pass1),
    summary.passK.at(-1) === undefined ? "" : percent(summary.passK.at(-1)?.value ?? 0),
    percent(summary.consK.value),
    ...comparedCells(comparison),
    summary.scoring,
    usdText(cost.totalUsd),
  ]);
  const largest = Math.max(...results.rows.map(({ summary }) => summary.passK.at(-1)?.k ?? 0));
  return [
    table(
      [
        "model",
        "pass@1",
        "interval",
        `pass@${largest === 0 ? "k" : largest}`,
        "cons@k",
        "points",
        "interval",
        "p, Holm",
        "verdict",
        "scoring",
        "cost",
      ],
      rows,
      [1, 3, 4, 5, 7, 10],
    ),
    ...comparisonNotes(results),
    "",
    ...new Set(results.rows.map(({ summary }) => `${settingsOf(summary)}.`)),
    HOW_COMPARED,
    costText(results),
  ].join("\n");
}
