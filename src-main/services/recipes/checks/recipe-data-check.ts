/** A recipe's data, looked at whole: each stage's examples or prompts through the template of the model that it works on. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { createHash } from "node:crypto";
import { AppError } from "#shared/errors.ts";
import type { DatasetVersion } from "#shared/schema/dataset.ts";
import type { DataCheckEvent } from "#shared/schema/recipe-draft.ts";
import { allExampleSources } from "#shared/schema/stages/example-data.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import { hasRewards } from "#shared/schema/stage-rewards.ts";
import { tokenizerSha256 } from "#main/processes/reading/data-check.ts";
import type { DataCheckWork } from "#main/processes/reading/data-check.ts";
import { learnedOf } from "#main/core/examples/encode-examples.ts";
import { fileSha256 } from "#main/core/formats/inspect-model.ts";
import { contextOf } from "#main/core/resources/stage-memory.ts";
import type { Application } from "../../application.ts";
import { promptsOf } from "../../benchmarks/benchmark-file.ts";
import { promptFindings, sftFindings } from "./data-findings.ts";
import { builtInDatasetFile } from "../../datasets/built-in-datasets.ts";
import { isVersionRef } from "../../datasets/version-service.ts";
import { folderOf } from "../model-of-stage.ts";
import { readRecipe } from "./recipe-checks.ts";
import { taskFindings } from "./task-trials.ts";
import type { Finding, Path } from "./recipe-finding.ts";
import { rewardFindings } from "./reward-check.ts";
import type { RewardCheckDeps } from "./reward-check.ts";
import { judgeFindings } from "./judge-check.ts";
import { teacherFindings } from "./teacher-check.ts";

type Host = Pick<
  Application,
  "store" | "models" | "datasets" | "dataChecks" | "tasks" | "endpoints"
> &
  RewardCheckDeps;

/** What is missing (a model, a version, a set) is said by the whole check; here it is passed over. */
export async function* checkRecipeData(
  app: Host,
  yaml: string,
  relativeTo: string | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<DataCheckEvent> {
  const dir = relativeTo ?? process.cwd();
  const { recipe, locate } = readRecipe(yaml);
  const findings: Finding[] = [];
  for (const [index, stage] of recipe?.stages.entries() ?? []) {
    if (recipe === null) break;
    try {
      if (hasRewards(stage))
        findings.push(
          ...(await rewardFindings(app, stage, index, relativeTo, signal)),
          ...(await judgeFindings(app, stage, index, relativeTo, signal)),
        );
      findings.push(...(await teacherFindings(app, stage, index, signal)));
      const folder = modelOf(app, recipe, stage.model, dir);
      findings.push(...(await taskFindings(app.tasks, stage, index, signal)));
      for (const subject of folder === undefined ? [] : subjectsOf(app, stage, folder, dir)) {
        if (folder === undefined) break;
        const identity = [await subject.sha256(), await tokenizerSha256(folder)];
        const report = yield* relay(
          stage.name,
          app.dataChecks.report(identity, subject.work, signal),
        );
        const found = { report, context: contextOf(folder), keys: subject.keys };
        if (stage.kind === "sft")
          findings.push(...sftFindings(stage, index, found, subject.version?.statistics));
        if (stage.kind === "benchmark") findings.push(...promptFindings(stage, index, found));
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      findings.push({
        path: ["stages", index, "data"],
        message: error.message,
        advice: error.advice ?? null,
      });
    }
  }
  yield { type: "problems", problems: findings.map(locate) };
}

async function* relay<T>(
  stage: string,
  events: AsyncGenerator<{ readonly done: number; readonly total: number }, T>,
): AsyncGenerator<DataCheckEvent, T> {
  for (;;) {
    const next = await events.next();
    if (next.done === true) return next.value;
    yield { type: "progress", stage, ...next.value };
  }
}

function modelOf(
  { models }: Host,
  recipe: Recipe,
  model: string,
  relativeTo: string,
): string | undefined {
  const folders = new Map(
    Object.entries(recipe.models).flatMap(([key, name]) => {
      try {
        return [[key, models.resolve(name, relativeTo)] as const];
      } catch (error) {
        if (error instanceof AppError) return [];
        throw error;
      }
    }),
  );
  return folderOf(recipe, model, folders);
}

interface Subject {
  /** In the stage. */
  readonly keys: Path;
  readonly sha256: () => Promise<string>;
  readonly work: () => DataCheckWork;
  readonly version?: DatasetVersion | undefined;
}

function subjectsOf(app: Host, stage: Stage, modelFolder: string, relativeTo: string): Subject[] {
  if (stage.kind === "sft")
    return allExampleSources(stage).flatMap(({ source, keys }) =>
      "dataset" in source
        ? (datasetSubject(app, stage, { modelFolder, relativeTo, dataset: source.dataset, keys }) ??
          [])
        : [],
    );
  const subject = benchmarkSubject(app, stage, modelFolder);
  return subject === undefined ? [] : [subject];
}

function benchmarkSubject({ store }: Host, stage: Stage, modelFolder: string): Subject | undefined {
  if (stage.kind === "benchmark" && "benchmark" in stage.data) {
    const { benchmark } = stage.data;
    if (store.benchmarks.find(benchmark) === null) return undefined;
    const prompts = promptsOf(store.benchmarks, benchmark).slice(0, stage.num_problems);
    return {
      keys: ["data", "benchmark"],
      sha256: () => Promise.resolve(textSha256(JSON.stringify(prompts))),
      work: () => ({ kind: "prompts", modelFolder, prompts }),
    };
  }
  return undefined;
}

function datasetSubject(
  app: Host,
  stage: SftStage,
  at: {
    readonly modelFolder: string;
    readonly relativeTo: string;
    readonly dataset: string;
    readonly keys: Path;
  },
): Subject | undefined {
  const { store, datasets } = app;
  const { modelFolder, relativeTo, dataset } = at;
  const problems = store.benchmarkProblems();
  const asked = textSha256(JSON.stringify(problems));
  const own = resolve(relativeTo, dataset);
  const isFile = !isVersionRef(dataset) && existsSync(own);
  const version = isFile ? undefined : findVersion(app, dataset);
  const file = isFile || version !== undefined ? own : builtInDatasetFile(dataset);
  if (file === undefined || (isFile && !statSync(file).isFile())) return undefined;
  return {
    keys: [...at.keys, "dataset"],
    version,
    sha256: async () =>
      `${version?.sha256 ?? (await fileSha256(file))} ${asked} ${learnedOf(stage)}`,
    work: () => ({
      kind: "examples",
      modelFolder,
      learned: learnedOf(stage),
      file: version === undefined ? file : datasets.versions.trainingFile(version),
      problems,
    }),
  };
}

function findVersion({ datasets }: Host, dataset: string): DatasetVersion | undefined {
  try {
    return datasets.versions.find(dataset);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function textSha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
