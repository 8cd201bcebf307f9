/** The card of a model that a run wrote: what it comes from, what it learned on, how it scores, what it cost. */
import { differenceText, intervalText, percentText, pText } from "#shared/comparison-text.ts";
import { usdText } from "#shared/usd-text.ts";
import { basename } from "node:path";
import { stringify } from "yaml";
import type { ComparedEvaluation, ComparisonToBefore } from "#shared/schema/evaluation.ts";
import type { Run, RunId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { pipelineComparison } from "../comparison/pipeline-comparison.ts";
import { ancestors, flatOptions } from "../comparison/model-history.ts";
import { PairedTests } from "../comparison/paired-tests.ts";
import { totalCost } from "../costs/cost-of-usage.ts";
import { day, duration } from "./report-numbers.ts";
import { markdown } from "./safe-text.ts";

/** As README.md in the hub's manner. Only what was recorded is in it. Throws NOT_FOUND. */
export function modelCard(store: Store, runId: RunId): string {
  const run = store.runs.get(runId);
  const stages = [...ancestors(store, runId), run];
  const base = baseOf(store, stages[0] ?? run);
  const comparisons = pipelineComparison(store, new PairedTests(store), run.pipelineId);
  const scores = store.evaluations
    .ofPipeline(run.pipelineId)
    .filter(({ label }) => label === run.stageName)
    .map((record) => ({ ...record, comparison: comparisons.get(record.runId) ?? null }));
  const front = {
    library_name: "transformers",
    pipeline_tag: "text-generation",
    base_model: base,
    tags: ["gradus", ...new Set(stages.map(({ kind }) => kind))],
  };
  return [
    `---\n${stringify(front)}---`,
    `# ${markdown(`${run.pipelineName}: ${run.stageName}`)}`,
    `Made by Gradus ${run.environment.appVersion}, run \`${run.id}\`${run.endedAtMs === null ? "" : `, ${day(run.endedAtMs)} UTC`}.`,
    "## Lineage",
    [`- base: ${markdown(base)}`, ...stages.map((stage) => stageLine(store, stage))].join("\n"),
    "## Scores",
    scores.length === 0
      ? "No benchmark has measured this model."
      : scores.map(scoreLine).join("\n"),
    "## Cost",
    costText(store, stages),
    `## Options of ${markdown(run.stageName)}`,
    "```yaml\n" + stringify(flatOptions(run.config)) + "```",
    "",
  ].join("\n\n");
}

/** The model that the first stage started from, by its folder's name. */
function baseOf(store: Store, first: Run): string {
  const { recipe } = store.pipelines.get(first.pipelineId);
  const folder = recipe.models[first.config.model];
  return folder === undefined ? first.config.model : basename(folder);
}

function stageLine(store: Store, stage: Run): string {
  const data = store.versions
    .ofRun(stage.id)
    .map(
      ({ datasetId, version, sha256 }) =>
        `, data ${datasetId} version ${version} (${sha256.slice(0, 16)})`,
    )
    .join("");
  const output = stage.outputSha256 === null ? "" : `, output ${stage.outputSha256.slice(0, 16)}`;
  return `- ${markdown(`${stage.stageName} (${stage.kind})`)}, seed ${stage.seed}, options ${stage.configSha256.slice(0, 16)}${data}${output}`;
}

function scoreLine({ summary, comparison }: ComparedEvaluation): string {
  const { task, n, k, temperature, topP, maxTokens, scoring, verifierVersion, pass1, consK } =
    summary;
  const against = comparison === null ? "" : `; ${againstText(comparison)}`;
  return `- ${markdown(task)}: pass@1 ${percentText(pass1.value)}% ${intervalText(pass1)}, cons@${k} ${percentText(consK.value)}% ${intervalText(consK)}; n ${n}, k ${k}, T ${temperature}, top-p ${topP}, at most ${maxTokens} tokens, ${scoring} scoring, verifier ${markdown(verifierVersion)}${against}. Intervals are 95%, bootstrap over problems.`;
}

function againstText({ withLabel, versus, refusal }: ComparisonToBefore): string {
  const other = markdown(withLabel);
  if (versus === null) return `not compared with ${other}: ${markdown(refusal ?? "")}`;
  return `${differenceText(versus)} against ${other}, corrected p ${markdown(pText(versus.pAdjusted))}: ${versus.verdict}`;
}

function costText(store: Store, stages: readonly Run[]): string {
  const entries = stages.flatMap(({ id }) => store.costs.ofRun(id) ?? []);
  if (entries.length === 0) return "No cost was recorded.";
  const { totalUsd, wallMs } = totalCost(entries);
  return `${usdText(totalUsd)} for ${duration(wallMs)} of ${stages.length === 1 ? "one stage" : `${stages.length} stages`}, at the prices of the day; benchmarks left out.`;
}
