/** The critic of a stage whose advantages are a critic's: a head on the policy, or a model of its own. */
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { TensorSource } from "#main/core/formats/safetensors.ts";
import type { LanguageModel } from "../../model/language-model.ts";
import { LoraModel } from "../../model/lora.ts";
import { ModelWithValueHead } from "../../model/value-head.ts";
import { CriticTrainer } from "../../training/critic-trainer.ts";
import type { StageSession } from "./stage-session.ts";
import { openTrainable } from "./trainable-model.ts";

export type StageCritic = {
  /** The policy as it is trained: with the head, where that is on it. */
  readonly policy: LanguageModel;
  /** Where the critic is a model of its own. */
  readonly trainer: CriticTrainer | null;
  /** What a checkpoint keeps of it beside the policy and its optimizer. */
  readonly hostTensors: () => Iterable<readonly [string, TensorSource]>;
  /** Puts back what `hostTensors` gave. */
  readonly restore: (read: (name: string) => Float32Array) => void;
};

/**
 * Null where the stage's advantages need none. A model of its own begins as the policy does.
 * @param folder the model that the stage begins with
 */
export function openCritic(
  session: Pick<StageSession, "runtime" | "request" | "halvings">,
  policy: LanguageModel,
  folder: string,
  stage: GrpoStage,
): StageCritic | null {
  if (stage.adv_estimator !== "gae") return null;
  const { runtime, halvings } = session;
  if (stage.value_model === "shared") {
    const headed = new ModelWithValueHead(runtime, policy);
    return {
      policy: headed,
      trainer: null,
      // The head's moments are the policy's optimizer's.
      hostTensors: () => headed.headTensors(),
      restore: (read) => headed.restoreHead(read),
    };
  }
  const { resumeFrom: _, ...request } = session.request;
  const trunk = openTrainable({ runtime, request }, folder, stage);
  const model = new ModelWithValueHead(runtime, trunk);
  const trainer = new CriticTrainer(runtime, model, { ...stage, halvings });
  return {
    policy,
    trainer,
    hostTensors: function* () {
      yield* trunk instanceof LoraModel ? trunk.adapterTensors() : trunk.hostTensors();
      yield* model.headTensors();
      yield* trainer.optimizer.hostTensors();
    },
    restore: (read) => {
      if (trunk instanceof LoraModel) trunk.restoreAdapters(read);
      else trunk.restore(read);
      model.restoreHead(read);
      trainer.optimizer.restore(read);
    },
  };
}
