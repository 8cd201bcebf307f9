/**
 * One optimizer step, in parts: gradients of micro-batches are accumulated, then applied once.
 * Accumulating gives exactly the gradient of the big batch when the objective's denominators are those
 * of the whole step, which every objective here takes as inputs.
 */
import type { TrainingOptions } from "#shared/schema/stages/stage-options.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { CompiledFunction, Runtime } from "../runtime/runtime.ts";
import { withPrecision } from "../runtime/matmul.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { AdamW } from "./adamw.ts";
import type { AdamWOptions } from "./adamw.ts";
import type { Precision } from "#main/core/resources/precision.ts";
import type { Objective } from "../objectives/objective.ts";

/** A loss or gradient that is not finite: training must not go on with it. */
export class NonFiniteError extends Error {
  constructor(what: string) {
    super(`the ${what} is not finite`);
    this.name = "NonFiniteError";
  }
}

export type TrainerOptions = AdamWOptions & {
  /** Of matrix products, forward and backward; weights and optimizer stay float32. */
  readonly precision?: Precision;
};

/** A stage's options of a step: its optimizer, and how its rows are computed. */
export type StepOptions = OptimizerOptions &
  Pick<TrainingOptions, "per_device_train_batch_size" | "bf16" | "gradient_checkpointing"> & {
    /** See `RowOptions`. */
    readonly halvings?: number;
  };

type OptimizerOptions = Pick<
  TrainingOptions,
  "adam_beta1" | "adam_beta2" | "adam_epsilon" | "weight_decay" | "max_grad_norm"
>;

/** A stage's options, by the optimizer's own names. */
export function optimizerOf(options: OptimizerOptions): AdamWOptions {
  return {
    beta1: options.adam_beta1,
    beta2: options.adam_beta2,
    epsilon: options.adam_epsilon,
    weightDecay: options.weight_decay,
    maxGradNorm: options.max_grad_norm,
  };
}

export class Trainer {
  readonly optimizer: AdamW;
  /** Of a step's first micro-batch, whose gradient needs no sum, and of those after it. */
  readonly #begin: CompiledFunction;
  readonly #accumulate: CompiledFunction;
  readonly #usesNoise: boolean;

  constructor(
    runtime: Runtime,
    model: LanguageModel,
    objective: Objective,
    options: TrainerOptions,
  ) {
    this.optimizer = new AdamW(runtime, model, options);
    const names = [...model.trainable.keys()];
    this.#usesNoise = model.usesNoise;
    const gradients = (adds: boolean, ...args: readonly Tensor[]): Tensor[] => {
      const noise = model.usesNoise ? args[0] : undefined;
      const inputs = noise === undefined ? args : args.slice(1);
      const weights = names.map((name) => model.trainable.get(name)?.read() as Tensor);
      let kept: Tensor[] = [];
      let details: Tensor[] = [];
      const forward = (...w: Tensor[]): Tensor => {
        const trained = new Map(names.map((name, i) => [name, w[i] as Tensor]));
        const { loss, stats, ...more } = objective(model.weightsWith(trained, noise), inputs);
        // valueAndGrads frees what it made: the numbers to log must outlive it.
        kept = stats.map((stat) => tf.keep(tf.cast(stat, "float32")));
        details = (more.details ?? []).map((detail) => tf.keep(tf.cast(detail, "float32")));
        return loss;
      };
      const { value, grads } = withPrecision(options.precision ?? "float32", () =>
        tf.valueAndGrads(forward)(weights),
      );
      names.forEach((name, i) => {
        const sum = this.optimizer.gradients.get(name);
        const gradient = grads[i];
        if (sum === undefined || gradient === undefined) throw new Error(`no gradient for ${name}`);
        sum.assign(adds ? tf.add(sum.read(), gradient) : gradient);
      });
      const out = tf.stack([value, ...kept].map((x) => tf.reshape(x, [])));
      const copies = details.map((detail) => tf.clone(detail));
      for (const tensor of [...kept, ...details]) tensor.dispose();
      return [out, ...copies];
    };
    this.#begin = runtime.compile("train", (...args) => gradients(false, ...args));
    this.#accumulate = runtime.compile("train_on", (...args) => gradients(true, ...args));
  }

  /**
   * Adds the gradient of one micro-batch. Returns [loss, ...stats]; the objective's details go to `onDetails`.
   * @param noise seeds the random numbers of a model with dropout: another pair for each micro-batch of a run
   * @throws NonFiniteError where the loss is not finite, with the whole accumulated gradient cleared.
   */
  accumulate(
    inputs: readonly Tensor[],
    noise: readonly [number, number] = [0, 0],
    onDetails?: (details: readonly Float32Array[]) => void,
  ): Float32Array {
    const seed = this.#usesNoise ? [tf.tensor1d([...noise], "int32")] : [];
    const accumulate = this.optimizer.hasGradients ? this.#accumulate : this.#begin;
    const [out, ...details] = accumulate(...seed, ...inputs);
    this.optimizer.accumulated();
    for (const tensor of seed) tensor.dispose();
    const values = out?.dataSync() as Float32Array;
    out?.dispose();
    onDetails?.(details.map((detail) => detail.dataSync() as Float32Array));
    for (const detail of details) detail.dispose();
    if (!Number.isFinite(values[0])) {
      this.optimizer.clear();
      throw new NonFiniteError("loss");
    }
    return values;
  }

  /**
   * Applies the accumulated gradient; `step` counts from 0. Returns the gradient's norm before clipping.
   * @throws NonFiniteError, with weights and moments untouched and the gradient cleared.
   */
  apply(learningRate: number, step: number): number {
    const norm = this.optimizer.gradientNorm();
    if (!Number.isFinite(norm)) {
      this.optimizer.clear();
      throw new NonFiniteError("gradient");
    }
    this.optimizer.update(learningRate, step, norm);
    return norm;
  }

  /** Programs compiled: one for each shape bucket met, and one more where it was also added to a gradient. */
  programs(): number {
    return this.#begin.programs() + this.#accumulate.programs();
  }

  dispose(): void {
    this.#begin.dispose();
    this.#accumulate.dispose();
    this.optimizer.dispose();
  }
}
