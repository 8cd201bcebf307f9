/** The result table of a pipeline, for the terminal and for --json. */
import type { PipelineResults } from "#shared/schema/evaluation.ts";
import { dollars, duration, percent } from "./live-line.ts";
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
    comparison:
      comparison === null
        ? null
        : {
            with: comparison.withLabel,
            problems: comparison.problems,
            difference: comparison.difference,
            p: comparison.p,
            verdict: comparison.verdict,
          },
    costUsd: cost.totalUsd,
  }));
}

export function resultsText(results: PipelineResults): string {
  if (results.rows.length === 0) return "No benchmark has finished.";
  const rows = results.rows.map(({ label, summary, comparison, cost }) => [
    label,
    percent(summary.pass1.value),
    `${percent(summary.pass1.low)}–${percent(summary.pass1.high)}`,
    summary.passK.at(-1) === undefined ? "" : percent(summary.passK.at(-1)?.value ?? 0),
    percent(summary.consK.value),
    comparison === null
      ? ""
      : `${comparison.difference.value >= 0 ? "+" : "−"}${Math.abs(comparison.difference.value * 100).toFixed(1)}`,
    comparison === null ? "" : comparison.p < 0.0001 ? "<0.0001" : comparison.p.toFixed(4),
    comparison?.verdict ?? "",
    summary.scoring,
    dollars(cost.totalUsd),
  ]);
  const [first] = results.rows;
  const settings =
    first === undefined
      ? ""
      : `n ${first.summary.n} problems, k ${first.summary.k} samples each, T ${first.summary.temperature}, top-p ${first.summary.topP}, at most ${first.summary.maxTokens} tokens, verifier ${first.summary.verifierVersion}; intervals are 95%.`;
  const { total } = results;
  return [
    table(
      [
        "model",
        "pass@1",
        "interval",
        `pass@${first?.summary.passK.at(-1)?.k ?? "k"}`,
        "cons@k",
        "points",
        "p",
        "verdict",
        "scoring",
        "cost",
      ],
      rows,
      [1, 3, 4, 5, 6, 9],
    ),
    "",
    settings,
    `Cost ${dollars(total.totalUsd)} (${duration(total.wallMs)} of engine time, ${Math.round(total.cpuSeconds)} core seconds, energy ${total.energyJ === null ? "not measured" : `${Math.round(total.energyJ)} J`})${results.usdPerPoint === null ? "" : `; ${dollars(results.usdPerPoint)} for each point gained`}.`,
  ].join("\n");
}
