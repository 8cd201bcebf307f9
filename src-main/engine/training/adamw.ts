/**
 * AdamW (Loshchilov & Hutter 2019, algorithm 2) on a model's variables, with global-norm clipping.
 * Arithmetic follows torch.optim.AdamW: ε is added after the bias correction of the second moment.
 * Decay is applied to matrices only, not to biases and norms, as transformers' Trainer does.
 */
import { flip, readLater } from "../model/language-model.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { TensorSource } from "#main/core/formats/safetensors.ts";
import type { CompiledFunction, Runtime, Variable } from "../runtime/runtime.ts";
import { after } from "../runtime/tensorflow/ordered.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

export type AdamWOptions = {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  readonly maxGradNorm: number;
};

function isDecayed(name: string): boolean {
  return !name.endsWith(".bias") && !name.endsWith("norm.weight");
}

export class AdamW {
  /** Of the micro-batches so far; they have values from the first one on until the update. */
  readonly gradients: ReadonlyMap<string, Variable>;
  readonly #runtime: Runtime;
  readonly #model: LanguageModel;
  readonly #options: AdamWOptions;
  readonly #first: ReadonlyMap<string, Variable>;
  readonly #second: ReadonlyMap<string, Variable>;
  readonly #norm: CompiledFunction;
  readonly #update: CompiledFunction;
  readonly #clippedUpdate: CompiledFunction;
  readonly #fill: CompiledFunction;
  #hasGradients = false;

  constructor(runtime: Runtime, model: LanguageModel, options: AdamWOptions) {
    this.#runtime = runtime;
    this.#model = model;
    this.#options = options;
    const variables = (
      make: (name: string, shape: readonly number[]) => Variable,
    ): Map<string, Variable> =>
      new Map([...model.trainable].map(([name, { shape }]) => [name, make(name, shape)]));
    const zeros = (prefix: string): Map<string, Variable> =>
      variables((name, shape) => {
        const size = shape.reduce((a, b) => a * b, 1);
        return runtime.variable(`${prefix}.${name}`, shape, new Float32Array(size));
      });
    this.gradients = variables((name, shape) =>
      runtime.emptyVariable(`g.${name}`, shape, "float32"),
    );
    this.#first = zeros("m");
    this.#second = zeros("v");
    this.#norm = runtime.compile("grad_norm", () => [
      tf.sqrt(tf.addN([...this.gradients.values()].map((g) => tf.sum(tf.square(g.read()))))),
    ]);
    this.#fill = runtime.compile("grad_zero", () => {
      // Not tf.zeros: inside a trace that is a constant of the gradient's size, kept with the program.
      for (const [name, gradient] of this.gradients)
        gradient.assign(tf.zerosLike(of(model.trainable, name).read()));
      return [tf.scalar(0)];
    });
    const update = (name: string, clips: boolean): CompiledFunction =>
      runtime.compile(name, (...args) => {
        const [scalars] = args as [Tensor];
        this.#step(scalars, clips);
        return [tf.scalar(0)];
      });
    this.#update = update("adamw", false);
    this.#clippedUpdate = update("adamw_clipped", true);
  }

  /** Whether a micro-batch was computed since the last update: the next one is added to it. */
  get hasGradients(): boolean {
    return this.#hasGradients;
  }

  /** To be called when `gradients` were assigned. */
  accumulated(): void {
    this.#hasGradients = true;
  }

  /** Global L2 norm of the accumulated gradient, before clipping. */
  gradientNorm(): number {
    if (!this.#hasGradients) return 0;
    const [norm] = this.#norm();
    const value = norm?.dataSync()[0] ?? Number.NaN;
    norm?.dispose();
    return value;
  }

  /**
   * One update with the accumulated gradient, which is let go; without one, with a gradient of zeros. `step` counts
   * from 0.
   * @param gradNorm as `gradientNorm` returned it.
   */
  update(learningRate: number, step: number, gradNorm: number): void {
    const { beta1, beta2, epsilon, weightDecay, maxGradNorm } = this.#options;
    if (!this.#hasGradients) for (const out of this.#fill()) out.dispose();
    // torch.nn.utils.clip_grad_norm_ divides by norm + 1e-6.
    const clip = Math.min(1, maxGradNorm / (gradNorm + 1e-6));
    // m̂ / (√v̂ + ε), m̂ = m / (1 − β₁ᵗ), v̂ = v / (1 − β₂ᵗ), with the corrections drawn out of the fraction.
    const firstCorrection = 1 - beta1 ** (step + 1);
    const secondCorrection = Math.sqrt(1 - beta2 ** (step + 1));
    const scalars = tf.tensor1d(
      [
        (learningRate * secondCorrection) / firstCorrection,
        epsilon * secondCorrection,
        1 - learningRate * weightDecay,
        clip,
      ],
      "float32",
    );
    const update = clip < 1 ? this.#clippedUpdate : this.#update;
    for (const out of update(scalars)) out.dispose();
    scalars.dispose();
    this.#hasGradients = false;
  }

  /** Forgets the accumulated gradient. */
  clear(): void {
    if (this.#hasGradients) for (const gradient of this.gradients.values()) gradient.release();
    this.#hasGradients = false;
  }

  /** The moments, in the hub's orientation like the weights they belong to. */
  *hostTensors(): Generator<readonly [string, TensorSource]> {
    for (const [prefix, moments] of this.#moments()) {
      for (const [name, variable] of moments)
        yield [`${prefix}.${name}`, readLater(name, variable.shape, () => variable.data())];
    }
  }

  /** Puts back what `hostTensors` gave. */
  restore(read: (name: string) => Float32Array): void {
    for (const [prefix, moments] of this.#moments()) {
      for (const [name, variable] of moments) {
        const hub = { shape: [...variable.shape].reverse(), data: read(`${prefix}.${name}`) };
        const { data } = flip(name, hub);
        const value = tf.tensor(data, [...variable.shape], "float32");
        variable.assign(value);
        value.dispose();
      }
    }
  }

  #moments(): readonly (readonly [string, ReadonlyMap<string, Variable>])[] {
    return [
      ["m", this.#first],
      ["v", this.#second],
    ];
  }

  dispose(): void {
    for (const fn of [this.#norm, this.#update, this.#clippedUpdate, this.#fill]) fn.dispose();
    for (const group of [this.gradients, this.#first, this.#second])
      for (const variable of group.values()) variable.dispose();
  }

  /** One parameter after the other: TensorFlow would clip all gradients first, as much as the weights once more. */
  #step(scalars: Tensor, clips: boolean): void {
    const { beta1, beta2, weightDecay } = this.#options;
    const [rate, epsilon, decay, clip] = tf.unstack(scalars) as [Tensor, Tensor, Tensor, Tensor];
    let turn = scalars;
    for (const [name, weight] of this.#model.trainable) {
      const accumulated = of(this.gradients, name);
      const given = after(accumulated.read(), turn);
      const gradient = clips ? tf.mul(given, clip) : given;
      if (isDecayed(name) && weightDecay > 0) weight.assign(tf.mul(weight.read(), decay));
      const slots = { weight, first: of(this.#first, name), second: of(this.#second, name) };
      this.#runtime.adam(slots, gradient, { beta1, beta2, rate, epsilon });
      accumulated.release();
      turn = weight.read();
    }
  }
}

function of(variables: ReadonlyMap<string, Variable>, name: string): Variable {
  const variable = variables.get(name);
  if (variable === undefined) throw new Error(`no variable for ${name}`);
  return variable;
}
