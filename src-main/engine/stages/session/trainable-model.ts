/** The model that a stage trains: all of its weights, or low-rank adapters on a frozen base. */
import { AppError } from "#shared/errors.ts";
import type { PeftOptions } from "#shared/schema/stages/stage-options.ts";
import { deriveSeed } from "#main/platform/random.ts";
import { openAdapter } from "#main/core/formats/peft-adapter.ts";
import { loadLanguageModel } from "../../model/language-model.ts";
import type { LanguageModel } from "../../model/language-model.ts";
import { LoraModel } from "../../model/lora.ts";
import type { StageSession } from "./stage-session.ts";

/** Fresh from `folder`, or as the checkpoint left it that the stage goes on from. */
export function openTrainable(
  session: Pick<StageSession, "runtime" | "request">,
  folder: string,
  options: PeftOptions,
): LanguageModel {
  const { runtime, request } = session;
  if (!options.use_peft) return loadLanguageModel(runtime, request.resumeFrom ?? folder);
  if (options.lora_dropout > 0 && runtime.kind !== "tensorflow") {
    throw new AppError(
      "BAD_RECIPE",
      `lora_dropout needs the TensorFlow runtime, and this stage runs on ${runtime.kind}.`,
      "Set lora_dropout to 0.",
    );
  }
  const model = LoraModel.onto(
    runtime,
    loadLanguageModel(runtime, folder),
    {
      r: options.lora_r,
      alpha: options.lora_alpha,
      dropout: options.lora_dropout,
      targets: options.lora_target_modules,
      rslora: options.use_rslora,
    },
    deriveSeed(request.seed, "lora"),
  );
  if (request.resumeFrom !== undefined) {
    const adapter = openAdapter(request.resumeFrom);
    if (adapter === undefined)
      throw new AppError("BAD_CHECKPOINT", `${request.resumeFrom} holds no adapter.`);
    try {
      model.restoreAdapters((name) => adapter.readTensor(name));
    } finally {
      adapter.close();
    }
  }
  return model;
}

/** What GRPO's divergence is measured from: the model before the stage. An adapter's base is that, without a copy. */
export function referenceOf(
  { runtime }: Pick<StageSession, "runtime">,
  model: LanguageModel,
  folder: string,
): LanguageModel {
  return model instanceof LoraModel ? model.base : loadLanguageModel(runtime, folder);
}
