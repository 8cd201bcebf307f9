/** Gradients of an objective, by the engine and by central differences of its loss. */
import type { AdamW } from "#main/engine/training/adamw.ts";
import type { LanguageModel } from "#main/engine/model/language-model.ts";
import type { Runtime, Variable } from "#main/engine/runtime/runtime.ts";
import { CriticOptions } from "#shared/schema/critic-options.ts";
import { PolicyObjective, ReferenceOptions } from "#shared/schema/policy-objective.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import type { PolicyOptions } from "#main/engine/training/policy-trainer.ts";
import { Trainer } from "#main/engine/training/trainer.ts";
import { Random } from "#main/platform/random.ts";
import { itemAt } from "./engine-model.ts";
import type { Objective } from "#main/engine/objectives/objective.ts";

export const PLAIN_ADAMW = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradNorm: 1e9,
} as const;

/** A large Adam epsilon makes the step nearly proportional to the gradient, so that equal gradients give equal weights. */
export const PLAIN_POLICY: PolicyOptions = {
  ...PolicyObjective.parse({ use_bias_correction_kl: false }),
  ...ReferenceOptions.parse({}),
  ...CriticOptions.parse({}),
  temperature: 0.9,
  max_completion_length: 12,
  per_device_train_batch_size: 8,
  adam_beta1: 0.9,
  adam_beta2: 0.999,
  adam_epsilon: 1,
  weight_decay: 0,
  max_grad_norm: 1e9,
  bf16: false,
  gradient_checkpointing: false,
  usesOldLogprobs: false,
  samplerDiffers: false,
};

/** The accumulated gradient, by weight name. */
export function gradientsOf(optimizer: AdamW): Map<string, Float32Array> {
  return new Map([...optimizer.gradients].map(([name, variable]) => [name, variable.data()]));
}

/** The gradient of an objective on one batch, by weight name. */
export function gradientOf(
  runtime: Runtime,
  model: LanguageModel,
  objective: Objective,
  inputs: readonly Tensor[],
): Map<string, Float32Array> {
  const trainer = new Trainer(runtime, model, objective, PLAIN_ADAMW);
  trainer.accumulate(inputs);
  const gradients = gradientsOf(trainer.optimizer);
  trainer.dispose();
  return gradients;
}

function set(variable: Variable, values: Float32Array): void {
  const tensor = tf.tensor(values, [...variable.shape], "float32");
  variable.assign(tensor);
  tensor.dispose();
}

function norm(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
}

export type DirectionCheck = {
  readonly name: string;
  /** Gradient times direction. */
  readonly analytic: number;
  /** (loss(w + h d) − loss(w − h d)) / 2h. */
  readonly numeric: number;
};

/**
 * For each weight of the model, the derivative of the objective along one direction. The direction is half the
 * gradient's own (a strong signal against float32 noise), half random (so that what the gradient lacks shows).
 */
export function checkDirections(
  runtime: Runtime,
  model: LanguageModel,
  objective: Objective,
  inputs: readonly Tensor[],
  h: number,
): DirectionCheck[] {
  const trainer = new Trainer(runtime, model, objective, PLAIN_ADAMW);
  const loss = (): number => itemAt(trainer.accumulate(inputs), 0);
  loss();
  const gradients = gradientsOf(trainer.optimizer);
  const random = new Random(77);
  const checks = [...model.trainable].map(([name, variable]) => {
    const gradient = gradients.get(name) ?? new Float32Array();
    const noise = Float32Array.from(gradient, () => random.normal());
    const [size, noiseSize] = [norm(gradient), norm(noise)];
    const mixed = gradient.map((g, i) => (size === 0 ? 0 : g / size) + (noise[i] ?? 0) / noiseSize);
    const length = norm(mixed);
    const direction = mixed.map((d) => d / length);
    const at = variable.data();
    const moved = (step: number): number => {
      set(
        variable,
        at.map((w, i) => w + step * (direction[i] ?? 0)),
      );
      return loss();
    };
    const numeric = (moved(h) - moved(-h)) / (2 * h);
    set(variable, at);
    const analytic = gradient.reduce((sum, g, i) => sum + g * (direction[i] ?? 0), 0);
    return { name, analytic, numeric };
  });
  trainer.dispose();
  return checks;
}
