/** TRL's SFTTrainer: which tokens it learns from, and how it measures held-out examples; what it has not is listed. */
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import { learnedOf } from "#main/core/examples/encode-examples.ts";
import type { ExportPart } from "./export-part.ts";

type Arguments = Record<string, unknown>;

/** TRL knows prompts and completions apart in the data, and the assistant's turns by the template's marks. */
export function learnedArguments(part: ExportPart, stage: SftStage, data: string): Arguments {
  const learned = learnedOf(stage);
  if (learned === "all") return { completion_only_loss: false, assistant_only_loss: false };
  // Worked examples are written as prompt and completion, with one answer each.
  if ("source" in stage.data || learned !== "assistant") {
    if (!("source" in stage.data))
      part.missing(
        stage,
        stage.mask_history ? "mask_history" : "completion_only_loss",
        true,
        `write ${data} with the last answer as "completion" and all before it as "prompt": TRL then learns from it alone`,
      );
    return { completion_only_loss: true };
  }
  return { assistant_only_loss: true };
}

/** transformers measures and keeps the best by the same names; which examples are held out is drawn by datasets. */
export function heldOutArguments(part: ExportPart, stage: SftStage): Arguments {
  if (stage.eval_steps === undefined) return {};
  part.missing(
    stage,
    "test_size",
    stage.test_size,
    "datasets' train_test_split draws others, and does not keep examples of one prompt together",
  );
  const stops = stage.early_stopping_patience !== undefined;
  if (stops && !stage.load_best_model_at_end)
    part.missing(
      stage,
      "load_best_model_at_end",
      false,
      "transformers stops early only where it also gives the best model",
    );
  const best = stage.load_best_model_at_end || stops;
  if (best && stage.save_steps % stage.eval_steps !== 0)
    part.missing(
      stage,
      "save_steps",
      stage.save_steps,
      `transformers keeps the best of its checkpoints: save_steps must be a multiple of eval_steps (${stage.eval_steps})`,
    );
  return {
    eval_strategy: "steps",
    eval_steps: stage.eval_steps,
    eval_on_start: stage.eval_on_start,
    per_device_eval_batch_size: stage.per_device_train_batch_size,
    load_best_model_at_end: best,
    metric_for_best_model: "eval_loss",
    greater_is_better: false,
  };
}
