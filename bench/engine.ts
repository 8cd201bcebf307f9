/** What the engine's halves of the benchmarks begin with. */
import { nextTokenObjective } from "#main/engine/objectives/next-token.ts";
import type { LanguageModel } from "#main/engine/model/language-model.ts";
import { discoverRuntime } from "#main/platform/tensorflow/discovery.ts";
import { engineThreads } from "#main/core/resources/lanes.ts";
import type { Runtime } from "#main/engine/runtime/runtime.ts";
import { openTensorFlowRuntime } from "#main/engine/runtime/tensorflow/tensorflow-runtime.ts";
import { Trainer } from "#main/engine/training/trainer.ts";
import { dataFolder } from "#main/platform/paths.ts";
import type { Precision } from "#main/core/resources/precision.ts";

/** TensorFlow, on the threads that a run's engine has. @throws Error where it is not there */
export async function openEngine(): Promise<ReturnType<typeof openTensorFlowRuntime>> {
  const found = await discoverRuntime({ dataFolder: dataFolder(), download: false });
  if (found.location === null) throw new Error(found.reason);
  return openTensorFlowRuntime(found.location.dir, engineThreads());
}

/** Next tokens by AdamW with clipping, as peer.py trains. */
export function nextTokenTrainer(
  runtime: Runtime,
  model: LanguageModel,
  precision: Precision,
): Trainer {
  return new Trainer(runtime, model, nextTokenObjective(model.config), {
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    maxGradNorm: 1,
    precision,
  });
}
