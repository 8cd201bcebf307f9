/** Measurements while a stage trains: no held-out problems are written for the other trainers. */
import { defaultOf } from "#shared/schema/inert-options.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { ExportPart } from "./export-part.ts";

const OPTIONS = [
  "eval_steps",
  "eval_on_start",
  "eval_problems",
  "num_generations_eval",
  "load_best_model_at_end",
  "early_stopping_patience",
] as const;

/** Each that is set is listed as missing. @param how to have it there */
export function listEvaluation(part: ExportPart, stage: GrpoStage, how: string): void {
  if (stage.eval_steps === undefined) return;
  for (const name of OPTIONS) {
    const value = stage[name];
    if (value === undefined || value === defaultOf("grpo", name)) continue;
    part.missing(stage, name, value, `the script has no held-out problems: ${how}`);
  }
}
