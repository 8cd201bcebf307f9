/**
 * Branching: a recipe that begins where a run's checkpoint is, with that stage and all after it. What they
 * need of stages before is named by its folder or file, so the branch stands on its own.
 */
import { existsSync } from "node:fs";
import { AppError } from "#shared/errors.ts";
import type { AlarmChange } from "#shared/schema/alarm.ts";
import { Stage } from "#shared/schema/recipe.ts";
import { withExampleSources } from "#shared/schema/stages/example-data.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import type { Run, RunId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { checkpointsOnDisk } from "../runs/run-checkpoints.ts";
import { runIdOf } from "../runs/write-pipeline.ts";
import { withoutTwin } from "./with-twins.ts";
import { earlierStage, inputsOf } from "./checks/recipe-checks.ts";

/**
 * Throws NOT_FOUND where the checkpoint or an earlier stage's output is gone, BAD_INPUT for a stage that trains nothing, or
 * a change that the stage has no place for.
 * @param from the step of a checkpoint, by default the run's end; and what the branch does otherwise in its first stage
 */
export function recipeFromRun(
  store: Store,
  runId: RunId,
  {
    step,
    change,
  }: { readonly step?: number | undefined; readonly change?: AlarmChange | undefined } = {},
): { readonly recipe: Recipe; readonly comment: string } {
  const run = store.runs.get(runId);
  const { recipe } = store.pipelines.get(run.pipelineId);
  const start = checkpointOf(store, run, step);
  const models: Record<string, string> = {};
  const taken = new Set(recipe.stages.map(({ name }) => name));
  const modelNamed = (wanted: string, folder: string): string => {
    const name = taken.has(wanted) ? `${wanted}-model` : wanted;
    models[name] = folder;
    return name;
  };
  const after = recipe.stages.slice(run.position);
  const [begun] = after;
  // A twin begins where its stage does, and has what is changed there.
  const rest = begun === undefined ? after : withoutTwin(after, begun);
  const kept = new Set(after.map(({ name }) => name));
  const inputName = (stage: Stage, name: string): string => {
    if (kept.has(name)) return name;
    const named = recipe.models[name];
    if (named !== undefined && earlierStage(recipe, stage, name) === undefined)
      return modelNamed(name, named);
    return modelNamed(name, outputOf(store, run, name, "model"));
  };
  const stages = rest.map((stage): Stage => {
    const first = stage.name === run.stageName;
    const model = first ? modelNamed("checkpoint", start.folder) : inputName(stage, stage.model);
    const moved = changed({ ...stage, model }, first ? change : undefined);
    if (moved.kind === "distill" && typeof moved.teacher === "string")
      return { ...moved, teacher: inputName(stage, moved.teacher) };
    if (moved.kind !== "sft") return moved;
    return withExampleSources(moved, (source) => {
      if (!("stage" in source) || kept.has(source.stage)) return source;
      const { stage: name, ...rest } = source;
      return { ...rest, dataset: outputOf(store, run, name, "dataset") };
    });
  });
  const where = start.step === null ? "the end" : `step ${start.step}`;
  return {
    recipe: {
      name: `${recipe.name}, branch at ${run.stageName} ${where}`,
      ...(recipe.description === undefined ? {} : { description: recipe.description }),
      seed: recipe.seed,
      models,
      stages,
    },
    comment: `A branch of ${run.id} at ${where}. Its steps are counted from here.`,
  };
}

function changed(stage: Stage, change: AlarmChange | undefined): Stage {
  if (change === undefined) return stage;
  const parsed = Stage.safeParse({ ...stage, [change.option]: change.value });
  if (parsed.success) return parsed.data;
  throw new AppError(
    "BAD_INPUT",
    `The stage ${stage.name} cannot have ${change.option} ${JSON.stringify(change.value)}: ${parsed.error.issues[0]?.message ?? ""}.`,
    "Make the branch without it, and change the recipe.",
  );
}

function checkpointOf(
  store: Store,
  run: Run,
  step: number | undefined,
): { readonly folder: string; readonly step: number | null } {
  if (!inputsOf(run.config).some(({ gives }) => gives === "model") || run.kind === "benchmark") {
    throw new AppError(
      "BAD_INPUT",
      `${run.id} is a ${run.kind}: it trains no model that a branch could begin with.`,
      "Branch from a training stage.",
    );
  }
  if (step === undefined && run.outputModel !== null && existsSync(run.outputModel))
    return { folder: run.outputModel, step: null };
  const kept = checkpointsOnDisk(store, run.id);
  const found =
    step === undefined ? kept.at(-1) : kept.find((checkpoint) => checkpoint.step === step);
  if (found !== undefined) return { folder: found.dir, step: found.step };
  const steps = kept.map((checkpoint) => checkpoint.step);
  throw new AppError(
    "NOT_FOUND",
    `${run.id} has no checkpoint${step === undefined ? "" : ` of step ${step}`}.`,
    steps.length === 0
      ? "Its first checkpoint comes after save_steps steps."
      : `There are checkpoints of step ${steps.join(", ")}.`,
  );
}

function outputOf(store: Store, run: Run, stage: string, kind: "model" | "dataset"): string {
  const source = store.runs.get(runIdOf(run.pipelineId, stage));
  const path = kind === "model" ? source.outputModel : source.outputDataset;
  if (path !== null && existsSync(path)) return path;
  throw new AppError(
    "NOT_FOUND",
    `The branch needs the ${kind} of "${stage}", which is not there.`,
    "Branch from an earlier stage, or run that stage again.",
  );
}
