/** TRL's SFTTrainer: which tokens it learns from, and how it measures held-out examples; what it has not is listed. */
import { heldOutSource } from "#shared/schema/stages/example-data.ts";
import type { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import { learnedOf } from "#main/core/examples/encode-examples.ts";
import type { ExportPart } from "./export-part.ts";

type Arguments = Record<string, unknown>;

interface Learned {
  readonly args: Arguments;
  /** train.py writes each conversation, of the data and of what is measured on, as its last answer and what comes before. */
  readonly lastAnswer: boolean;
}

/** TRL knows prompts and completions apart in the data, and the assistant's turns by the template's marks. */
export function learnedArguments(stage: SftStage): Learned {
  const learned = learnedOf(stage);
  if (learned === "all")
    return {
      args: { completion_only_loss: false, assistant_only_loss: false },
      lastAnswer: false,
    };
  // Worked examples are written as prompt and completion; they and what a stage kept have one answer each.
  if ("source" in stage.data) {
    const heldOut = heldOutSource(stage)?.source;
    const areTurns = heldOut !== undefined && !("source" in heldOut);
    return { args: { completion_only_loss: true }, lastAnswer: areTurns };
  }
  if (learned !== "assistant" || "stage" in stage.data)
    return { args: { completion_only_loss: true }, lastAnswer: true };
  return { args: { assistant_only_loss: true }, lastAnswer: false };
}

/** transformers measures and keeps the best by the same names; which examples are held out is drawn by datasets. */
export function heldOutArguments(part: ExportPart, stage: SftStage): Arguments {
  if (stage.eval_steps === undefined) return {};
  if (stage.eval_data === undefined)
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

/** @param data the file that the examples stand in */
export function listDropped(part: ExportPart, stage: SftStage | DistillStage, data: string): void {
  if (stage.truncation_mode === "drop")
    part.missing(
      stage,
      "truncation_mode",
      "drop",
      `TRL cuts examples to max_length; leave those of more than ${stage.max_length} tokens out of ${data}`,
    );
}
