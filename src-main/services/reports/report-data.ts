/** Everything a report says about a comparison, gathered once; each format writes the same. */
import { modelLetter } from "#shared/comparison-text.ts";
import type { ComparedRow, ComparisonReport } from "#shared/schema/compare.ts";
import type { EvaluationSample } from "#shared/schema/engine-protocol.ts";
import type { Environment, RunId } from "#shared/schema/run.ts";
import { appVersion } from "#main/platform/machine.ts";
import type { Store } from "#main/store/store.ts";

/** Completions shown of a model: of the first problems of the benchmark. */
const PROBLEMS_SHOWN = 3;
const MOST_CHARACTERS = 4000;

export interface ReportSample {
  readonly prompt: string;
  readonly gold: string;
  readonly answer: string | null;
  readonly correct: boolean;
  readonly completion: string;
  /** Characters left out at the end. */
  readonly leftOut: number;
}

export interface ReportRun {
  readonly row: ComparedRow;
  readonly letter: string;
  readonly isBaseline: boolean;
  readonly configSha256: string;
  readonly environment: Environment;
  readonly warnings: readonly string[];
  readonly stages: readonly {
    readonly runId: RunId;
    readonly stageName: string;
    readonly kind: string;
    readonly seed: number;
    readonly usd: number | null;
    readonly durationMs: number | null;
    readonly outputSha256: string | null;
  }[];
  readonly samples: readonly ReportSample[];
}

export interface ReportPipeline {
  readonly pipelineId: string;
  readonly name: string;
  readonly seed: number;
  readonly recipeSha256: string;
  /** As it was written; as JSON where it did not come as text. */
  readonly recipe: string;
}

export interface ReportData {
  readonly title: string;
  readonly createdAtMs: number;
  readonly appVersion: string;
  readonly report: ComparisonReport;
  readonly runs: readonly ReportRun[];
  readonly pipelines: readonly ReportPipeline[];
}

export function reportData(store: Store, report: ComparisonReport, nowMs: number): ReportData {
  const rows = report.groups.flatMap((group) =>
    group.rows.map((row) => ({ row, isBaseline: row.runId === group.baseline })),
  );
  const keys = [...new Set(rows.map(({ row }) => `${row.pipelineId}/${row.label}`))];
  const names = [...new Set(rows.map(({ row }) => row.label))];
  return {
    title: `Comparison of ${names.slice(0, 4).join(", ")}${names.length > 4 ? " and others" : ""}`,
    createdAtMs: nowMs,
    appVersion: appVersion(),
    report,
    runs: rows.map(({ row, isBaseline }) => ({
      row,
      isBaseline,
      letter: modelLetter(keys.indexOf(`${row.pipelineId}/${row.label}`)),
      ...factsOf(store, row),
    })),
    pipelines: [...new Set(rows.map(({ row }) => row.pipelineId))].map((pipelineId) => {
      const { name, seed, recipe, recipeYaml, recipeSha256 } = store.pipelines.get(pipelineId);
      return {
        pipelineId,
        name,
        seed,
        recipeSha256,
        recipe: recipeYaml ?? JSON.stringify(recipe, undefined, 2),
      };
    }),
  };
}

function factsOf(
  store: Store,
  row: ComparedRow,
): Pick<ReportRun, "configSha256" | "environment" | "warnings" | "stages" | "samples"> {
  const { configSha256, environment, warnings } = store.runs.get(row.runId);
  const { problems } = store.evaluations.problems(row.runId, {
    correct: "any",
    offset: 0,
    limit: PROBLEMS_SHOWN,
  });
  return {
    configSha256,
    environment,
    warnings,
    stages: row.lineage.map(({ runId, stageName, kind }) => {
      const run = store.runs.get(runId);
      return {
        runId,
        stageName,
        kind,
        seed: run.seed,
        usd: run.costUsd,
        durationMs: run.activeMs === 0 ? null : run.activeMs,
        outputSha256: run.outputSha256,
      };
    }),
    samples: problems.flatMap(({ samples }) => samples.slice(0, 1).map(sampleOf)),
  };
}

function sampleOf({ prompt, gold, answer, correct, completion }: EvaluationSample): ReportSample {
  return {
    prompt,
    gold,
    answer,
    correct,
    completion: completion.slice(0, MOST_CHARACTERS),
    leftOut: Math.max(0, completion.length - MOST_CHARACTERS),
  };
}
