/** The report as one page that needs nothing else: no script, no address, and a policy that would block both. */
import { intervalText, percentText, pointsText, pText } from "#shared/comparison-text.ts";
import { OVER_SEEDS_NOTE, overSeedsText } from "#shared/over-seeds.ts";
import { usdText } from "#shared/usd-text.ts";
import type { ComparedGroup, PublishedScore } from "#shared/schema/compare.ts";
import { scoreChart } from "./report-chart.ts";
import type { ReportData, ReportRun, ReportSample } from "./report-data.ts";
import { count, day, duration } from "./report-numbers.ts";
import {
  baselineOf,
  machineText,
  METHOD,
  protocolOf,
  publishedText,
  verdictOf,
} from "./report-sentences.ts";
import { PRINT_STYLE } from "./report-print.ts";
import { html } from "./safe-text.ts";

const STYLE = `:root{color-scheme:light dark;--bg:#fff;--fg:#16191d;--soft:#5a636e;--line:#d9dde2;--mark:#1f6fb2;--well:#f4f5f7;--pass:#18794e;--fail:#c2362b}
@media (prefers-color-scheme:dark){:root{--bg:#121518;--fg:#e8eaed;--soft:#a9b1bb;--line:#343b43;--mark:#56b4e9;--well:#0c0e10;--pass:#3fcf8e;--fail:#ff8a7a}}
body{margin:0 auto;max-width:960px;padding:32px 24px;background:var(--bg);color:var(--fg);font:14px/1.5 system-ui,sans-serif}
h1{font-size:22px;line-height:30px;margin:0 0 4px}h2{font-size:16px;margin:32px 0 8px}h3{font-size:14px;margin:20px 0 6px}p{margin:0 0 8px;max-width:72ch}.soft{color:var(--soft)}
table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}th,td{text-align:left;padding:4px 8px 4px 0;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:400}.num{text-align:right;white-space:nowrap}.wide{overflow-x:auto}
pre{margin:0 0 8px;padding:10px 12px;background:var(--well);white-space:pre-wrap;overflow-wrap:anywhere;font:12px/1.5 ui-monospace,monospace;unicode-bidi:isolate;direction:ltr}
svg{width:100%;height:auto;font:12px system-ui,sans-serif}svg text{fill:var(--fg)}svg .tick{fill:var(--soft);font-size:11px}svg .grid{stroke:var(--line)}svg .whisk{stroke:var(--mark);stroke-width:1.5;fill:none}svg .mark{fill:var(--mark)}svg .hollow{fill:var(--bg);stroke:var(--soft);stroke-width:1.5}
.better{color:var(--pass)}.worse{color:var(--fail)}ul{padding-left:20px;max-width:80ch}code{font:12px ui-monospace,monospace;overflow-wrap:anywhere}h1,h2,h3,p,li,th,td{overflow-wrap:anywhere}
${PRINT_STYLE}`;

export function reportHtml(data: ReportData): string {
  const { report, runs, pipelines } = data;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${html(data.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${html(data.title)}</h1>
<p class="soft">Gradus ${html(data.appVersion)}, ${day(data.createdAtMs)} UTC</p>
<h2>Verdicts</h2>
<ul>${runs
    .filter(({ isBaseline }) => !isBaseline)
    .map(
      (run) =>
        `<li class="${run.row.versus?.verdict === "better" ? "better" : run.row.versus?.verdict === "worse" ? "worse" : ""}">${html(verdictOf(run, baselineOf(data, run.row)))}${cautions(run)}</li>`,
    )
    .join("")}</ul>
${report.missing.map(({ id, reason }) => `<p>Left out: ${html(id)}, ${html(reason)}.</p>`).join("")}
<h2>Scores</h2>
${scoreChart(data)}
${report.groups
  .map(
    (group) =>
      `<h3>${html(protocolOf(group))}</h3>${scoreTable(
        runs.filter(({ row }) => group.rows.some(({ runId }) => runId === row.runId)),
      )}${overSeeds(group)}`,
  )
  .join("\n")}
${publishedTable(report.published)}
<p class="soft">${html(METHOD)} Comparisons corrected for: ${report.comparisons}.</p>
<h2>How each model was made</h2>
${runs.map(runSection).join("\n")}
<h2>Recipes</h2>
${pipelines
  .map(
    ({ pipelineId, name, seed, recipe, recipeSha256 }) =>
      `<h3>${html(pipelineId)} ${html(name)}</h3><p>Seed ${seed}, recipe <code>${html(recipeSha256)}</code></p><pre>${html(recipe)}</pre>`,
  )
  .join("\n")}
<h2>Sample completions</h2>
<p class="soft">The first sample of the first problems of each benchmark, right or wrong.</p>
${runs.map(sampleSection).join("\n")}
</body>
</html>
`;
}

function cautions({ row }: ReportRun): string {
  return row.cautions.length === 0
    ? ""
    : ` <span class="soft">Note: ${html(row.cautions.join("; "))}.</span>`;
}

function overSeeds({ seeds }: ComparedGroup): string {
  if (seeds.length === 0) return "";
  const items = seeds.map((rows) => `<li>${html(overSeedsText(rows))}</li>`).join("");
  return `<ul>${items}</ul><p class="soft">${html(OVER_SEEDS_NOTE)}</p>`;
}

function scoreTable(runs: readonly ReportRun[]): string {
  const body = runs.map(({ row, letter, isBaseline }) => {
    const { summary, versus } = row;
    const last = summary.passK.findLast(({ k }) => k > 1);
    const against =
      versus === null
        ? `<td colspan="3">${isBaseline ? "baseline" : html(row.refusal ?? "")}</td>`
        : `<td class="num">${pointsText(versus.difference.value)} ${intervalText(versus.difference)}</td><td class="num">${html(pText(versus.pAdjusted))}</td><td class="${versus.verdict}">${versus.verdict}</td>`;
    return `<tr><td>${letter} ${html(row.label)}</td><td class="num">${percentText(summary.pass1.value)} ${intervalText(summary.pass1)}</td><td class="num">${last === undefined ? "–" : `${percentText(last.value)} ${intervalText(last)}`}</td><td class="num">${percentText(summary.consK.value)} ${intervalText(summary.consK)}</td><td class="num">${count(summary.n)} · ${count(summary.k)}</td><td class="num">${summary.meanTokens.toFixed(1)}</td>${against}<td class="num">${usdText(row.trainingUsd)}</td></tr>`;
  });
  const k = Math.max(...runs.map(({ row }) => row.summary.k));
  return `<div class="wide"><table><thead><tr><th>Model</th><th class="num">pass@1 %</th><th class="num">pass@${k} %</th><th class="num">cons@${k} %</th><th class="num">n · k</th><th class="num">tokens</th><th class="num">points vs baseline</th><th class="num">p, Holm</th><th>in words</th><th class="num">training</th></tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

function publishedTable(published: readonly PublishedScore[]): string {
  if (published.length === 0) return "";
  return `<h3>Published elsewhere, not measured here</h3><table><thead><tr><th>Model</th><th class="num">score</th><th>conditions and source</th></tr></thead><tbody>${published
    .map(
      (score) =>
        `<tr><td>${html(score.model)}</td><td class="num">${score.isRating ? count(score.value) : percentText(score.value)}</td><td>${html(publishedText(score))}; no interval</td></tr>`,
    )
    .join("")}</tbody></table>`;
}

function runSection(run: ReportRun): string {
  const { row, letter, stages, configSha256, warnings } = run;
  const lineage =
    stages.length === 0
      ? `<p>${html(Object.values(row.options).join(", "))}: a base, nothing was trained here.</p>`
      : `<table><thead><tr><th>Stage</th><th>Kind</th><th class="num">Seed</th><th class="num">Time</th><th class="num">Cost</th><th>Output</th></tr></thead><tbody>${stages
          .map(
            (stage) =>
              `<tr><td>${html(stage.stageName)}</td><td>${html(stage.kind)}</td><td class="num">${stage.seed}</td><td class="num">${stage.durationMs === null ? "–" : duration(stage.durationMs)}</td><td class="num">${stage.usd === null ? "–" : usdText(stage.usd)}</td><td><code>${stage.outputSha256 === null ? "–" : html(stage.outputSha256.slice(0, 16))}</code></td></tr>`,
          )
          .join("")}</tbody></table>`;
  return `<h3>${letter} ${html(row.label)} (${html(row.pipelineName)})</h3>${lineage}<p class="soft">Benchmark <code>${html(row.runId)}</code>, seed ${row.seed}, options <code>${configSha256.slice(0, 16)}</code>. ${html(machineText(run))}.${warnings.map((warning) => ` ${html(warning)}`).join("")}</p>`;
}

function sampleSection({ letter, row, samples }: ReportRun): string {
  return `<h3>${letter} ${html(row.label)}, ${html(row.summary.task)}</h3>${samples.map(sampleText).join("")}`;
}

function sampleText({ prompt, gold, answer, correct, completion, leftOut }: ReportSample): string {
  return `<p><b>${correct ? "✓ right" : "✕ wrong"}</b> <span class="soft">right answer ${html(gold)}, given ${answer === null ? "none" : html(answer)}</span></p><pre>${html(prompt)}</pre><pre>${html(completion)}${leftOut > 0 ? `\n… ${count(leftOut)} characters left out` : ""}</pre>`;
}
