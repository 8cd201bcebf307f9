/** The report's scores as a table: a row for each benchmark and each published score. Shares are 0–1. */
import { stringify } from "csv-stringify/sync";
import type { ReportData } from "./report-data.ts";
import { csvText } from "./safe-text.ts";

export function reportCsv({ runs, report }: ReportData): string {
  const measured = runs.map(({ row, letter, isBaseline }) => {
    const { summary, versus } = row;
    return {
      letter,
      origin: "measured",
      model: csvText(row.label),
      launch: csvText(row.pipelineName),
      run: csvText(row.runId),
      task: csvText(summary.task),
      n: summary.n,
      k: summary.k,
      temperature: summary.temperature,
      top_p: summary.topP,
      max_tokens: summary.maxTokens,
      scoring: summary.scoring,
      verifier: csvText(summary.verifierVersion),
      seed: row.seed,
      pass1: summary.pass1.value,
      pass1_low: summary.pass1.low,
      pass1_high: summary.pass1.high,
      consk: summary.consK.value,
      consk_low: summary.consK.low,
      consk_high: summary.consK.high,
      mean_tokens: summary.meanTokens,
      baseline: isBaseline ? "yes" : "no",
      difference: versus?.difference.value,
      difference_low: versus?.difference.low,
      difference_high: versus?.difference.high,
      paired_problems: versus?.problems,
      p: versus?.p,
      p_holm: versus?.pAdjusted,
      verdict: versus?.verdict,
      notes: csvText([row.refusal ?? [], ...row.cautions].flat().join("; ")),
      training_usd: row.trainingUsd,
      benchmark_usd: row.evaluationUsd,
      usd_per_point: row.usdPerPoint?.value,
      source: "",
    };
  });
  const published = report.published.map((score) => ({
    origin: "published",
    model: csvText(score.model),
    task: csvText(`${score.benchmark} ${score.measure}`),
    pass1: score.value,
    notes: csvText(score.conditions.join("; ")),
    source: csvText(`${score.source}, ${score.date}`),
  }));
  const columns = Object.keys(measured[0] ?? published[0] ?? {});
  return stringify([...measured, ...published], { header: true, columns });
}
