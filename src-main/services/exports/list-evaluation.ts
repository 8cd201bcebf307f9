/** Measurements while a stage trains: what the other trainers do otherwise, and which file holds which side. */
import { defaultOf } from "#shared/schema/inert-options.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { ExportPart } from "./export-part.ts";

const BY_ACCURACY = ["load_best_model_at_end", "early_stopping_patience"] as const;

/** Each that is set is listed as missing. @param why the trainer does not do it */
export function listByAccuracy(part: ExportPart, stage: GrpoStage, why: string): void {
  if (stage.eval_steps === undefined) return;
  for (const name of BY_ACCURACY) {
    const value = stage[name];
    if (value === undefined || value === defaultOf("grpo", name)) continue;
    part.missing(stage, name, value, why);
  }
}

/** For a script's head: which file holds which side. @param heldOut null: there is none */
export function sidesOf(
  train: { readonly name: string; readonly rows: number },
  heldOut: { readonly name: string; readonly rows: number } | null,
): string[] {
  return [
    `${train.name} holds the ${train.rows} prompts that are trained on, in the order of the run.`,
    heldOut === null
      ? "Nothing is held out: there is no test file."
      : `${heldOut.name} holds the ${heldOut.rows} held-out problems: they are measured on, and never trained on.`,
  ];
}

/** Of each grpo stage. */
export function sidesOfAll(part: ExportPart): string[] {
  return part.recipe.stages.flatMap(({ kind, name }) => {
    const found = (file: string) => part.data.find((one) => one.name === file);
    const train = kind === "grpo" ? found(`data/${name}.parquet`) : undefined;
    return train === undefined ? [] : sidesOf(train, found(`data/${name}-test.parquet`) ?? null);
  });
}

/** TRL's, of the held-out file, where the stage is measured while it trains. */
export function evaluationArguments(stage: GrpoStage): Record<string, unknown> {
  if (stage.eval_steps === undefined) return {};
  const { num_generations_eval: each } = stage;
  return {
    eval_strategy: "steps",
    eval_steps: stage.eval_steps,
    eval_on_start: stage.eval_on_start,
    num_generations_eval: each,
    // Whole groups.
    per_device_eval_batch_size: Math.ceil(stage.per_device_train_batch_size / each) * each,
  };
}
