/** Does a stage fit this machine's memory, by the estimate of core/resources/stage-memory.ts; and where it does not, what of it would. */
import { AppError } from "#shared/errors.ts";
import type { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import type { MemoryPart } from "#shared/schema/recipe-draft.ts";
import { modelTeacher } from "#shared/schema/recipe.ts";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import { stageMemory } from "#main/core/resources/stage-memory.ts";
import type { StageFolders } from "#main/core/resources/stage-memory.ts";
import { problemLengths } from "#main/core/text/problem-lengths.ts";
import type { LookedAt, ProblemLengths } from "#main/core/text/problem-lengths.ts";
import type { Prompting } from "#main/core/text/prompt-ids.ts";
import { machineFacts, MEMORY_LIMIT_VARIABLE, memoryLimitBytes } from "#main/platform/machine.ts";
import { problemDataOf } from "../../problems/set-reader.ts";
import { folderOf } from "../model-of-stage.ts";

/** Options of a stage, changed so that it fits. */
export type MemoryPlan = Readonly<Record<string, number | boolean>>;

export function totalBytes(parts: readonly MemoryPart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

export function gib(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}

/** How a stage puts its problems. */
export function promptingOf(stage: Stage): Prompting {
  return stage.kind === "pretrain" ? {} : stage;
}

/**
 * The first change of options with which the stage fits `limitBytes`, or undefined where none of these does: fewer rows
 * with more accumulation, so that a step's batch stays the same; layers computed again; adapters instead of all weights;
 * where it only samples, shorter completions.
 */
export function planThatFits(
  stage: Stage,
  at: StageFolders,
  limitBytes: number,
): MemoryPlan | undefined {
  return plansOf(stage).find(
    (plan) => totalBytes(stageMemory(Object.assign({}, stage, plan), at)) <= limitBytes,
  );
}

function plansOf(stage: Stage): MemoryPlan[] {
  if (!("learning_rate" in stage)) return shorterCompletions(stage.max_completion_length);
  const recompute: MemoryPlan[] = stage.gradient_checkpointing
    ? [{}]
    : [{}, { gradient_checkpointing: true }];
  const adapters: MemoryPlan[] =
    "use_peft" in stage && !stage.use_peft ? [{}, { use_peft: true }] : [{}];
  const rows = fewerRows(stage.per_device_train_batch_size, stage.gradient_accumulation_steps);
  return adapters.flatMap((adapted) =>
    recompute.flatMap((again) => rows.map((fewer) => ({ ...fewer, ...again, ...adapted }))),
  );
}

function fewerRows(rows: number, accumulation: number): MemoryPlan[] {
  const plans: MemoryPlan[] = [{}];
  for (let factor = 2; rows % factor === 0; factor *= 2)
    plans.push({
      per_device_train_batch_size: rows / factor,
      gradient_accumulation_steps: accumulation * factor,
    });
  return plans;
}

function shorterCompletions(length: number): MemoryPlan[] {
  const plans: MemoryPlan[] = [];
  for (let shorter = Math.floor(length / 2); shorter >= 16; shorter = Math.floor(shorter / 2))
    plans.push({ max_completion_length: shorter });
  return plans;
}

/** e.g. "per_device_train_batch_size=4, gradient_accumulation_steps=2". */
export function planText(plan: MemoryPlan): string {
  return Object.entries(plan)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(", ");
}

/** The longest prompt and the longest example of a stage's problems; 0 and undefined where their lengths are not known. */
export function longestOf(
  lengths: ProblemLengths | undefined,
): Pick<StageFolders, "longestPrompt" | "longestExample"> {
  const longestPrompt = lengths?.longestPrompt ?? 0;
  const longestSolution = lengths?.solutions.at(-1);
  return {
    longestPrompt,
    longestExample: longestSolution === undefined ? undefined : longestPrompt + longestSolution,
  };
}

/** The stage's folders with how long its prompts and examples are, as far as its problems are at hand. */
export function withLengths(
  stage: Stage,
  folders: { readonly model: string; readonly teacher?: string | undefined },
  from: LookedAt,
): StageFolders {
  const source = problemDataOf(stage);
  if (source === undefined) return { ...folders, longestPrompt: 0 };
  try {
    return {
      ...folders,
      ...longestOf(
        problemLengths(folders.teacher ?? folders.model, source, promptingOf(stage), from),
      ),
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // What is wrong with the tokenizer is said by whoever needs it.
    return { ...folders, longestPrompt: 0 };
  }
}

/**
 * Refuses a stage that would not fit this machine. On an NVIDIA GPU its own memory decides, which is not counted here.
 * @throws AppError OUT_OF_MEMORY, with what it needs by part, what there is, and a plan that fits
 */
export function requireMemory(
  stage: Stage,
  folders: { readonly model: string; readonly teacher?: string | undefined },
  runtime: RuntimeChoice,
  from: LookedAt,
): void {
  if (runtime !== "wasm" && machineFacts().gpus.length > 0) return;
  const limit = memoryLimitBytes();
  let parts: MemoryPart[];
  const at = withLengths(stage, folders, from);
  try {
    parts = stageMemory(stage, at);
  } catch (error) {
    // A model that cannot be looked at is refused with its own reason when it is opened.
    if (error instanceof AppError) return;
    throw error;
  }
  const needed = totalBytes(parts);
  if (needed <= limit) return;
  const plan = planThatFits(stage, at, limit);
  const byPart = parts.map(({ name, bytes }) => `${name} ${gib(bytes)}`).join(", ");
  throw new AppError(
    "OUT_OF_MEMORY",
    `The stage "${stage.name}" needs about ${gib(needed)} GiB of memory (${byPart}), and there are ${gib(limit)} GiB.`,
    `${
      plan === undefined
        ? "No smaller batch of it fits: take a smaller model, or a machine with more memory."
        : `This fits: ${planText(plan)}.`
    } To start it all the same, set ${MEMORY_LIMIT_VARIABLE} to the memory that it may take, e.g. ${String(Math.ceil(needed / 2 ** 30))}GiB.`,
  );
}

/** `requireMemory` of every stage of a recipe whose models are folders. */
export function requireMemoryOfAll(recipe: Recipe, runtime: RuntimeChoice, from: LookedAt): void {
  const folders = new Map(Object.entries(recipe.models));
  for (const stage of recipe.stages) {
    const model = folderOf(recipe, stage.model, folders);
    const named = modelTeacher(stage);
    const teacher = named === undefined ? undefined : folderOf(recipe, named, folders);
    if (model !== undefined) requireMemory(stage, { model, teacher }, runtime, from);
  }
}
