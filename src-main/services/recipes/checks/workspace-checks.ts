/**
 * What this workspace and machine say to a recipe before it is started: are its models and data there, do prompts
 * and completions fit the context, is there memory and disk. What would fail after loading is found here.
 */
import { counted } from "#shared/counted.ts";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "#shared/errors.ts";
import type { MemoryPart } from "#shared/schema/recipe-draft.ts";
import { learnsFromTexts } from "#shared/schema/distillation.ts";
import { modelTeacher } from "#shared/schema/recipe.ts";
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import type { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import {
  allExampleSources,
  exampleSources,
  heldOutSource,
} from "#shared/schema/stages/example-data.ts";
import type { PlacedSource } from "#shared/schema/stages/example-data.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import { mixedCounts } from "#main/core/examples/mix-examples.ts";
import { modelFacts } from "#main/core/formats/inspect-model.ts";
import { checkpointBytes, contextOf, stageMemory } from "#main/core/resources/stage-memory.ts";
import type { StageFolders } from "#main/core/resources/stage-memory.ts";
import { problemLengths, requireTrainable } from "#main/core/text/problem-lengths.ts";
import { endTokenId } from "#main/core/text/end-token-id.ts";
import type { LookedAt, ProblemLengths } from "#main/core/text/problem-lengths.ts";
import { checkAsked } from "./asked-checks.ts";
import { builtInDatasetFile } from "../../datasets/built-in-datasets.ts";
import { noDataset, requireDataFile } from "../data-file.ts";
import { checkOnPolicy } from "./distill-check.ts";
import { noteLengths, noteMemory } from "./length-findings.ts";
import { gib, longestOf, promptingOf } from "./memory-check.ts";
import type { ModelRegistry } from "../../models/model-registry.ts";
import { problemDataOf } from "../../problems/set-reader.ts";
import { folderOf } from "../model-of-stage.ts";
import type { SourceCheckDeps } from "./source-checks.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding } from "./recipe-finding.ts";
import { StagePlace, tried } from "./stage-place.ts";
import {
  checkEvaluationData,
  checkHeldOutSource,
  checkSet,
  checkSources,
  said,
} from "./source-checks.ts";

export interface StageFacts {
  readonly parameters?: number | undefined;
  readonly teacherParameters?: number | undefined;
  readonly examples?: number | undefined;
  readonly memory: MemoryPart[] | null;
  readonly diskBytes: number;
}

export interface WorkspaceCheck {
  readonly findings: readonly Finding[];
  readonly facts: ReadonlyMap<string, StageFacts>;
  /** null where some model is missing. */
  readonly diskBytes: number | null;
}

export interface WorkspaceCheckDeps extends SourceCheckDeps {
  readonly models: ModelRegistry;
  /** Examples of a published version, by its id or its dataset's name; undefined where there is none. Throws AppError. */
  readonly versionSize: (ref: string) => number | undefined;
  readonly relativeTo: string;
  readonly memoryBytes: number;
  readonly diskFreeBytes: number;
}

export function checkInWorkspace(recipe: Recipe, deps: WorkspaceCheckDeps): WorkspaceCheck {
  const findings: Finding[] = [];
  const folders = modelFolders(recipe, deps, findings);
  const facts = new Map<string, StageFacts>();
  const from = { sets: deps.sets, tried: deps.tasks.tried };
  recipe.stages.forEach((stage, index) => {
    const place = new StagePlace(stage, index, findings);
    const folder = folderOf(recipe, stage.model, folders);
    const named = modelTeacher(stage);
    const teacher = named === undefined ? undefined : folderOf(recipe, named, folders);
    const examples = "data" in stage ? checkData(stage, place, deps) : undefined;
    const lengths =
      folder === undefined ? undefined : checkLengths(stage, place, teacher ?? folder, from);
    if (folder !== undefined && teacher !== undefined) checkOnPolicy(stage, place, folder, teacher);
    if (folder !== undefined) checkTrainable(recipe, stage, place, folder, from);
    facts.set(stage.name, factsOf(stage, place, { folder, teacher, examples, lengths }, deps));
  });
  const sizes = [...facts.values()];
  const known = sizes.every(({ parameters }) => parameters !== undefined);
  const diskBytes = sizes.reduce((sum, { diskBytes: bytes }) => sum + bytes, 0);
  if (diskBytes > deps.diskFreeBytes) {
    findings.push({
      path: ["stages"],
      message: `checkpoints and models need about ${gib(diskBytes)} GiB, ${gib(deps.diskFreeBytes)} GiB are free`,
      advice: "Keep fewer checkpoints (save_total_limit), or free some space.",
    });
  }
  return { findings: withoutRepeats(findings), facts, diskBytes: known ? diskBytes : null };
}

/** A template that cannot be read is met by prompts and by examples. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const key = ({ path, message }: Finding): string => JSON.stringify([path, message]);
  return [...new Map(findings.map((finding) => [key(finding), finding])).values()];
}

function modelFolders(
  recipe: Recipe,
  { models, relativeTo }: WorkspaceCheckDeps,
  findings: Finding[],
): Map<string, string> {
  const folders = new Map<string, string>();
  for (const [key, name] of Object.entries(recipe.models)) {
    try {
      folders.set(key, models.resolve(name, relativeTo));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      findings.push({
        path: ["models", key],
        message: error.message,
        advice: error.advice ?? null,
        fixes: models
          .list()
          .slice(0, 3)
          .map(({ id }) => setting(["models", key], id, `Use ${id}`)),
      });
    }
  }
  return folders;
}

function checkData(
  stage: Extract<Stage, { data: unknown }>,
  place: StagePlace,
  deps: WorkspaceCheckDeps,
): number | undefined {
  if (stage.kind === "sft") return checkExamples(stage, place, deps);
  const data = problemDataOf(stage);
  if (data !== undefined) checkSources(data, "data", place, deps);
  if (stage.kind === "grpo") {
    checkEvaluationData(stage, place, deps);
    checkAsked(stage, place, deps);
  }
  if (stage.kind === "benchmark" && "benchmark" in stage.data)
    checkSet(stage.data.benchmark, stage.num_problems, place, deps);
  return undefined;
}

/** The examples of an epoch, where all sources are worked out or published; undefined where one must be run first. */
function checkExamples(
  stage: SftStage,
  place: StagePlace,
  deps: WorkspaceCheckDeps,
): number | undefined {
  const heldOut = heldOutSource(stage);
  if (heldOut !== undefined) {
    checkExampleSource(heldOut, place, deps);
    checkHeldOutSource(stage, heldOut.source, place);
  }
  const sources = exampleSources(stage.data);
  const sizes = sources.map((placed) => {
    const size = checkExampleSource(placed, place, deps);
    return "source" in placed.source && sources.length === 1 ? undefined : size;
  });
  const known = sizes.flatMap((size, at) =>
    size === undefined ? [] : [{ size, weight: sources[at]?.source.weight ?? 1 }],
  );
  if (known.length < sources.length) return undefined;
  return mixedCounts(known).reduce((sum, count) => sum + count, 0);
}

function checkExampleSource(
  { source, keys }: PlacedSource,
  place: StagePlace,
  deps: WorkspaceCheckDeps,
): number | undefined {
  if ("source" in source) {
    checkSources(source.source, [...keys, "source"].join("."), place, deps);
    return source.examples;
  }
  if ("stage" in source) return undefined;
  return checkDataset(source.dataset, [...keys, "dataset"].join("."), place, deps);
}

/** The examples of a published version; those of a file are counted where its texts are looked at. */
function checkDataset(
  dataset: string,
  key: string,
  place: StagePlace,
  { versionSize, relativeTo }: WorkspaceCheckDeps,
): number | undefined {
  try {
    if (dataset.trim() === "") throw noDataset();
    const size = versionSize(dataset);
    if (size !== undefined) {
      place.add(key, { message: counted(size, "example"), level: "note" });
      return size;
    }
    const file = resolve(relativeTo, dataset);
    requireDataFile(dataset, existsSync(file) ? file : (builtInDatasetFile(dataset) ?? file));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    place.add(key, { message: error.message, advice: error.advice ?? null });
  }
  return undefined;
}

function checkLengths(
  stage: Stage,
  place: StagePlace,
  folder: string,
  from: LookedAt,
): ProblemLengths | undefined {
  const context = contextOf(folder);
  if (stage.kind === "sft" || (stage.kind === "distill" && learnsFromTexts(stage)))
    tooLong(place, "max_length", stage.max_length, context);
  if (stage.kind === "pretrain") tooLong(place, "sequence_length", stage.sequence_length, context);
  const source = problemDataOf(stage);
  if (source === undefined) return undefined;
  let lengths: ProblemLengths | undefined;
  try {
    lengths = problemLengths(folder, source, promptingOf(stage), from);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (!isSaidOfData(error)) place.add(keyOf(error), said(error));
    return undefined;
  }
  if (lengths !== undefined) noteLengths(stage, place, lengths, context);
  return lengths;
}

/** Can the model be trained on what the stage will make or work out? Datasets are looked at record by record elsewhere. */
function checkTrainable(
  recipe: Recipe,
  stage: Stage,
  place: StagePlace,
  folder: string,
  from: LookedAt,
): void {
  if (stage.kind !== "sft" && stage.kind !== "distill") return;
  if (stage.kind === "sft" && stage.eos_token !== undefined) {
    const { eos_token: token } = stage;
    tried("eos_token", place, () => endTokenId(folder, token));
  }
  for (const source of sourcesToTrainOn(recipe, stage)) {
    try {
      requireTrainable(folder, source, promptingOf(stage), from);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (!isSaidOfData(error)) place.add(keyOf(error), said(error));
    }
  }
}

function sourcesToTrainOn(recipe: Recipe, stage: SftStage | DistillStage): ProblemData[] {
  const read =
    stage.kind === "sft"
      ? allExampleSources(stage).map(({ source }) => {
          if ("source" in source) return source.source;
          return "stage" in source ? sourceOfStage(recipe, source.stage) : undefined;
        })
      : [problemDataOf(stage)];
  return read.filter((source) => source !== undefined);
}

/** Unknown tasks, difficulties, problem sets and filters are said where the data are looked at. */
function isSaidOfData(error: AppError): boolean {
  return (
    error.code === "NOT_FOUND" ||
    error.code === "BAD_INPUT" ||
    (error.code === "BAD_RECIPE" && !ofTemplate(error))
  );
}

function ofTemplate(error: AppError): boolean {
  return error.message.startsWith("prompt_template");
}

function keyOf(error: AppError): string {
  return ofTemplate(error) ? "prompt_template" : "model";
}

function sourceOfStage(recipe: Recipe, name: string): ProblemData | undefined {
  const found = recipe.stages.find((stage) => stage.name === name);
  return found === undefined ? undefined : problemDataOf(found);
}

function tooLong(place: StagePlace, key: string, value: number, context: number): void {
  if (value <= context) return;
  place.add(key, {
    message: `longer than the model's context of ${context}`,
    fixes: [setting(place.path(key), context, `Use ${context}`)],
  });
}

function factsOf(
  stage: Stage,
  place: StagePlace,
  at: {
    readonly folder: string | undefined;
    readonly teacher: string | undefined;
    readonly examples: number | undefined;
    readonly lengths: ProblemLengths | undefined;
  },
  deps: WorkspaceCheckDeps,
): StageFacts {
  const { folder, teacher } = at;
  if (folder === undefined) return { memory: null, diskBytes: 0 };
  const found: StageFolders = { model: folder, teacher, ...longestOf(at.lengths) };
  const memory = stageMemory(stage, found);
  noteMemory(stage, place, found, deps.memoryBytes);
  const keeps = "save_total_limit" in stage ? stage.save_total_limit * checkpointBytes(folder) : 0;
  const writes = "learning_rate" in stage ? modelFacts(folder).bytes : 0;
  return {
    parameters: modelFacts(folder).parameters,
    teacherParameters: teacher === undefined ? undefined : modelFacts(teacher).parameters,
    examples: at.examples,
    memory,
    diskBytes: keeps + writes,
  };
}
