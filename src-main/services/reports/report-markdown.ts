/** The report as Markdown. */
import { intervalText, percentText, pointsText, pText } from "#shared/comparison-text.ts";
import { OVER_SEEDS_NOTE, overSeedsText } from "#shared/over-seeds.ts";
import { usdText } from "#shared/usd-text.ts";
import type { ReportData, ReportRun } from "./report-data.ts";
import { count, day, duration } from "./report-numbers.ts";
import {
  baselineOf,
  machineText,
  METHOD,
  protocolOf,
  publishedText,
  verdictOf,
} from "./report-sentences.ts";
import { markdown, markdownBlock } from "./safe-text.ts";

export function reportMarkdown(data: ReportData): string {
  const { report, runs, pipelines } = data;
  return [
    `# ${markdown(data.title)}`,
    `Gradus ${data.appVersion}, ${day(data.createdAtMs)} UTC`,
    "## Verdicts",
    list(
      runs
        .filter(({ isBaseline }) => !isBaseline)
        .map((run) =>
          markdown(
            [
              verdictOf(run, baselineOf(data, run.row)),
              ...run.row.cautions.map((one) => `Note: ${one}.`),
            ].join(" "),
          ),
        ),
    ),
    "## Scores",
    ...report.groups.flatMap((group) => [
      `### ${markdown(protocolOf(group))}`,
      scoreTable(runs.filter(({ row }) => group.rows.some(({ runId }) => runId === row.runId))),
      ...(group.seeds.length === 0
        ? []
        : [list(group.seeds.map((seeds) => markdown(overSeedsText(seeds)))), OVER_SEEDS_NOTE]),
    ]),
    ...(report.published.length === 0
      ? []
      : [
          "### Published elsewhere, not measured here",
          list(
            report.published.map(
              (score) =>
                `${markdown(score.model)}: ${score.isRating ? count(score.value) : percentText(score.value)}, no interval (${markdown(publishedText(score))})`,
            ),
          ),
        ]),
    `${METHOD} Comparisons corrected for: ${report.comparisons}.`,
    "## How each model was made",
    ...runs.flatMap(runSection),
    "## Recipes",
    ...pipelines.flatMap(({ pipelineId, name, seed, recipe, recipeSha256 }) => [
      `### ${markdown(`${pipelineId} ${name}`)}`,
      `Seed ${seed}, recipe \`${recipeSha256}\``,
      markdownBlock(recipe),
    ]),
    "## Sample completions",
    ...runs.flatMap(({ letter, row, samples }) => [
      `### ${letter} ${markdown(row.label)}`,
      ...samples.flatMap((sample) => [
        `${sample.correct ? "✓ right" : "✕ wrong"}; right answer ${markdown(sample.gold)}, given ${sample.answer === null ? "none" : markdown(sample.answer)}`,
        markdownBlock(sample.prompt),
        markdownBlock(sample.completion),
      ]),
    ]),
    "",
  ].join("\n\n");
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join("\n");
}

function scoreTable(runs: readonly ReportRun[]): string {
  const rows = runs.map(({ letter, row, isBaseline }) => {
    const { summary, versus } = row;
    return [
      `${letter} ${markdown(row.label)}`,
      `${percentText(summary.pass1.value)} ${intervalText(summary.pass1)}`,
      `${percentText(summary.consK.value)} ${intervalText(summary.consK)}`,
      `${count(summary.n)} · ${count(summary.k)}`,
      versus === null
        ? isBaseline
          ? "baseline"
          : markdown(row.refusal ?? "")
        : `${pointsText(versus.difference.value)} ${intervalText(versus.difference)}`,
      versus === null ? "" : pText(versus.pAdjusted),
      versus?.verdict ?? "",
      usdText(row.trainingUsd),
    ];
  });
  const header = [
    "model",
    "pass@1 %",
    "cons@k %",
    "n · k",
    "points vs baseline",
    "p, Holm",
    "in words",
    "training",
  ];
  return [header, header.map(() => "---"), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

function runSection(run: ReportRun): string[] {
  const { row, letter, stages } = run;
  return [
    `### ${letter} ${markdown(row.label)} (${markdown(row.pipelineName)})`,
    stages.length === 0
      ? "A base: nothing was trained here."
      : list(
          stages.map(
            ({ stageName, kind, seed, usd: cost, durationMs, outputSha256 }) =>
              `${markdown(stageName)} (${kind}), seed ${seed}${durationMs === null ? "" : `, ${duration(durationMs)}`}${cost === null ? "" : `, ${usdText(cost)}`}${outputSha256 === null ? "" : `, output ${outputSha256.slice(0, 16)}`}`,
          ),
        ),
    markdown(`Benchmark ${row.runId}, seed ${row.seed}. ${machineText(run)}.`),
  ];
}
