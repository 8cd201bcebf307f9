/**
 * What this workspace and machine say to a recipe before it is started: are its models and data there, do prompts
 * and completions fit the context, is there memory and disk. What would fail after loading is found here.
 */
import { resolve } from "node:path";
import { AppError } from "#shared/errors.ts";
import type { MemoryPart, RecipeFix } from "#shared/schema/recipe-draft.ts";
import type { Recipe, Stage, TaskSource } from "#shared/schema/recipe.ts";
import { modelFacts } from "#main/core/formats/inspect-model.ts";
import { checkpointBytes, contextOf, stageMemory } from "#main/core/resources/stage-memory.ts";
import type { StageFolders } from "#main/core/resources/stage-memory.ts";
import { difficultiesOf } from "#main/core/problems/task-facts.ts";
import { requireTrainable, taskLengths } from "#main/core/text/task-lengths.ts";
import type { TaskLengths } from "#main/core/text/task-lengths.ts";
import { noDataset, requireDataFile } from "../data-file.ts";
import { gib, longestOf, planText, planThatFits, sourceOf, totalBytes } from "./memory-check.ts";
import type { MemoryPlan } from "./memory-check.ts";
import type { ModelRegistry } from "../../models/model-registry.ts";
import { folderOf } from "../model-of-stage.ts";
import { setting } from "./recipe-finding.ts";
import type { Finding, Path } from "./recipe-finding.ts";

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

export interface WorkspaceCheckDeps {
  readonly models: ModelRegistry;
  /** Examples of a published version, by its id or its dataset's name; undefined where there is none. Throws AppError. */
  readonly versionSize: (ref: string) => number | undefined;
  /** Problems of an imported set; undefined where there is none. */
  readonly setSize: (id: string) => number | undefined;
  readonly relativeTo: string;
  readonly memoryBytes: number;
  readonly diskFreeBytes: number;
}

export function checkInWorkspace(recipe: Recipe, deps: WorkspaceCheckDeps): WorkspaceCheck {
  const findings: Finding[] = [];
  const folders = modelFolders(recipe, deps, findings);
  const facts = new Map<string, StageFacts>();
  recipe.stages.forEach((stage, index) => {
    const place = new StagePlace(stage, index, findings);
    const folder = folderOf(recipe, stage.model, folders);
    const teacher = stage.kind === "distill" ? folderOf(recipe, stage.teacher, folders) : undefined;
    const examples = "data" in stage ? checkData(stage, place, deps) : undefined;
    const lengths =
      folder === undefined ? undefined : checkLengths(stage, place, teacher ?? folder);
    if (folder !== undefined) checkTrainable(recipe, stage, place, folder);
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

/** Where findings of one stage go. */
class StagePlace {
  readonly stage: Stage;
  readonly #index: number;
  readonly #findings: Finding[];

  constructor(stage: Stage, index: number, findings: Finding[]) {
    this.stage = stage;
    this.#index = index;
    this.#findings = findings;
  }

  path(...keys: (string | number)[]): Path {
    return ["stages", this.#index, ...keys];
  }

  add(
    key: string,
    finding: Omit<Finding, "path" | "advice"> & { readonly advice?: string | null },
  ): void {
    this.#findings.push({ advice: null, ...finding, path: this.path(...key.split(".")) });
  }
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
  const source = sourceOf(stage);
  if (source !== undefined) {
    const known = difficultiesOf(source.task);
    const key = stage.kind === "sft" ? "data.source.difficulties" : "data.difficulties";
    const wrong = source.difficulties.filter((one) => !known.includes(one));
    if (wrong.length > 0)
      place.add(key, {
        message: `${source.task} has no difficulty ${wrong.join(", ")}`,
        advice: `Choose among ${known.join(", ")}.`,
        fixes: [
          setting(
            place.path(...key.split(".")),
            [...known.slice(0, 3)],
            `Use ${known.slice(0, 3).join(", ")}`,
          ),
        ],
      });
  }
  if (stage.kind === "benchmark" && "benchmark" in stage.data)
    checkSet(stage.data.benchmark, stage.num_problems, place, deps);
  return stage.kind === "sft" && "dataset" in stage.data
    ? checkDataset(stage.data.dataset, place, deps)
    : undefined;
}

function checkSet(
  id: string,
  wanted: number,
  place: StagePlace,
  { setSize }: WorkspaceCheckDeps,
): void {
  const size = setSize(id);
  if (size === undefined)
    place.add("data.benchmark", {
      message: `there is no imported set "${id}"`,
      advice: "Import it under Benchmarks.",
    });
  else if (wanted > size)
    place.add("num_problems", {
      level: "warning",
      message: `${id} has ${size} problems, all of them are asked`,
      fixes: [setting(place.path("num_problems"), size, `Use ${size}`)],
    });
}

/** The examples of a published version; those of a file are counted where its texts are looked at. */
function checkDataset(
  dataset: string,
  place: StagePlace,
  { versionSize, relativeTo }: WorkspaceCheckDeps,
): number | undefined {
  try {
    if (dataset.trim() === "") throw noDataset();
    const size = versionSize(dataset);
    if (size !== undefined) {
      place.add("data.dataset", { message: `${size} examples`, level: "note" });
      return size;
    }
    requireDataFile(dataset, resolve(relativeTo, dataset));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    place.add("data.dataset", { message: error.message, advice: error.advice ?? null });
  }
  return undefined;
}

function checkLengths(stage: Stage, place: StagePlace, folder: string): TaskLengths | undefined {
  const context = contextOf(folder);
  if (stage.kind === "sft" || stage.kind === "distill")
    tooLong(place, "max_length", stage.max_length, context);
  if (stage.kind === "pretrain") tooLong(place, "sequence_length", stage.sequence_length, context);
  const source = sourceOf(stage);
  if (source === undefined) return undefined;
  let lengths: TaskLengths;
  try {
    lengths = taskLengths(folder, source);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Unknown difficulties are said already.
    if (error.code !== "BAD_RECIPE")
      place.add("model", { message: error.message, advice: error.advice ?? null });
    return undefined;
  }
  if ("max_completion_length" in stage) {
    const room = context - lengths.longestPrompt;
    if (stage.max_completion_length > room)
      place.add("max_completion_length", {
        message: `prompts of up to ${lengths.longestPrompt} tokens and ${stage.max_completion_length} more do not fit the model's context of ${context}`,
        fixes: room > 0 ? [setting(place.path("max_completion_length"), room, `Use ${room}`)] : [],
      });
    else noteFit(place, "max_completion_length", stage.max_completion_length, lengths.solutions);
  } else if (stage.kind === "sft") {
    const whole = lengths.solutions.map((length) => length + lengths.longestPrompt);
    noteFit(place, "max_length", stage.max_length, whole);
  }
  return lengths;
}

/** Can the model be trained on what the stage will make or work out? Datasets are looked at record by record elsewhere. */
function checkTrainable(recipe: Recipe, stage: Stage, place: StagePlace, folder: string): void {
  if (stage.kind !== "sft" && stage.kind !== "distill") return;
  const source =
    stage.kind === "sft" && "stage" in stage.data
      ? sourceOfStage(recipe, stage.data.stage)
      : sourceOf(stage);
  if (source === undefined) return;
  try {
    requireTrainable(folder, source);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // Unknown difficulties are said already.
    if (error.code !== "BAD_RECIPE")
      place.add("model", { message: error.message, advice: error.advice ?? null });
  }
}

function sourceOfStage(recipe: Recipe, name: string): TaskSource | undefined {
  const found = recipe.stages.find((stage) => stage.name === name);
  return found === undefined ? undefined : sourceOf(found);
}

function tooLong(place: StagePlace, key: string, value: number, context: number): void {
  if (value <= context) return;
  place.add(key, {
    message: `longer than the model's context of ${context}`,
    fixes: [setting(place.path(key), context, `Use ${context}`)],
  });
}

/** How many of the worked solutions fit: below nine in ten is doubtful. */
function noteFit(place: StagePlace, key: string, limit: number, lengths: readonly number[]): void {
  const fitting = lengths.filter((length) => length <= limit).length;
  const longest = lengths.at(-1) ?? 0;
  const text = `holds ${fitting} of ${lengths.length} worked solutions, the longest has ${longest} tokens`;
  if (fitting >= 0.9 * lengths.length) place.add(key, { message: text, level: "note" });
  else
    place.add(key, {
      message: text,
      level: "warning",
      fixes: [setting(place.path(key), longest, `Use ${longest}`)],
    });
}

function factsOf(
  stage: Stage,
  place: StagePlace,
  at: {
    readonly folder: string | undefined;
    readonly teacher: string | undefined;
    readonly examples: number | undefined;
    readonly lengths: TaskLengths | undefined;
  },
  deps: WorkspaceCheckDeps,
): StageFacts {
  const { folder, teacher } = at;
  if (folder === undefined) return { memory: null, diskBytes: 0 };
  const found: StageFolders = { model: folder, teacher, ...longestOf(at.lengths) };
  const memory = stageMemory(stage, found);
  const needed = totalBytes(memory);
  if (needed > deps.memoryBytes) {
    const plan = planThatFits(stage, found, deps.memoryBytes);
    place.add("learning_rate" in stage ? "per_device_train_batch_size" : "model", {
      message: `needs about ${gib(needed)} GiB, this machine has ${gib(deps.memoryBytes)} GiB`,
      advice:
        plan === undefined ? "Take a smaller model." : "Take smaller batches or a smaller model.",
      fixes: plan === undefined ? [] : [fixOf(place, plan)],
    });
  }
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

function fixOf(place: StagePlace, plan: MemoryPlan): RecipeFix {
  return {
    label: `Use ${planText(plan)}`,
    changes: Object.entries(plan).map(([key, value]) => ({ keys: [...place.path(key)], value })),
  };
}
