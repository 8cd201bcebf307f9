/**
 * AdamW (Loshchilov & Hutter 2019, algorithm 2) on a model's variables, with global-norm clipping.
 * Arithmetic follows torch.optim.AdamW: ε is added after the bias correction of the second moment.
 * Decay is applied to matrices only, not to biases and norms, as transformers' Trainer does.
 */
import { flip, readLater } from "../model/language-model.ts";
import type { LanguageModel } from "../model/language-model.ts";
import type { TensorSource } from "../checkpoint/safetensors.ts";
import type { CompiledFunction, Runtime, Variable } from "../runtime/runtime.ts";
import { after } from "../runtime/ordered.ts";
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
  readonly gradients: ReadonlyMap<string, Variable>;
  readonly #model: LanguageModel;
  readonly #options: AdamWOptions;
  readonly #first: ReadonlyMap<string, Variable>;
  readonly #second: ReadonlyMap<string, Variable>;
  readonly #norm: CompiledFunction;
  readonly #update: CompiledFunction;
  readonly #clear: CompiledFunction;

  constructor(runtime: Runtime, model: LanguageModel, options: AdamWOptions) {
    this.#model = model;
    this.#options = options;
    const zeros = (prefix: string): Map<string, Variable> =>
      new Map(
        [...model.trainable].map(([name, { shape }]) => [
          name,
          runtime.variable(
            `${prefix}.${name}`,
            shape,
            new Float32Array(shape.reduce((a, b) => a * b, 1)),
          ),
        ]),
      );
    this.gradients = zeros("g");
    this.#first = zeros("m");
    this.#second = zeros("v");
    this.#norm = runtime.compile("grad_norm", () => [
      tf.sqrt(tf.addN([...this.gradients.values()].map((g) => tf.sum(tf.square(g.read()))))),
    ]);
    this.#clear = runtime.compile("grad_clear", () => {
      this.#clearGradients();
      return [tf.scalar(0)];
    });
    this.#update = runtime.compile("adamw", (...args) => {
      const [scalars] = args as [Tensor];
      this.#step(scalars);
      return [tf.scalar(0)];
    });
  }

  /** Global L2 norm of the accumulated gradient, before clipping. */
  gradientNorm(): number {
    const [norm] = this.#norm();
    const value = norm?.dataSync()[0] ?? Number.NaN;
    norm?.dispose();
    return value;
  }

  /**
   * One update with the accumulated gradient, which is cleared. `step` counts from 0.
   * @param gradNorm as `gradientNorm` returned it.
   */
  update(learningRate: number, step: number, gradNorm: number): void {
    const { beta1, beta2, epsilon, weightDecay, maxGradNorm } = this.#options;
    // torch.nn.utils.clip_grad_norm_ divides by norm + 1e-6.
    const clip = Math.min(1, maxGradNorm / (gradNorm + 1e-6));
    const firstCorrection = 1 - beta1 ** (step + 1);
    const secondCorrection = Math.sqrt(1 - beta2 ** (step + 1));
    const scalars = tf.tensor1d(
      [
        clip,
        learningRate / firstCorrection,
        secondCorrection,
        epsilon,
        1 - learningRate * weightDecay,
      ],
      "float32",
    );
    for (const out of this.#update(scalars)) out.dispose();
    scalars.dispose();
  }

  /** Forgets the accumulated gradient. */
  clear(): void {
    for (const out of this.#clear()) out.dispose();
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
    for (const fn of [this.#norm, this.#update, this.#clear]) fn.dispose();
    for (const group of [this.gradients, this.#first, this.#second])
      for (const variable of group.values()) variable.dispose();
  }

  #clearGradients(): void {
    // Not tf.zeros: inside a trace that is a constant of the gradient's size, kept with the program.
    for (const gradient of this.gradients.values()) gradient.assign(tf.zerosLike(gradient.read()));
  }

  /** One parameter after the other: TensorFlow would make what all of them need first, several times the weights. */
  #step(scalars: Tensor): void {
    const { beta1, beta2 } = this.#options;
    let turn = scalars;
    for (const [name, variable] of this.#model.trainable) {
      const gradient = this.gradients.get(name);
      const first = this.#first.get(name);
      const second = this.#second.get(name);
      if (gradient === undefined || first === undefined || second === undefined)
        throw new Error(`no optimizer state for ${name}`);
      const [clip, rate, correction, epsilon, decay] = tf.unstack(turn) as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
      ];
      const given = gradient.read();
      const g = tf.mul(given, clip);
      const m = tf.add(tf.mul(after(first.read(), turn), beta1), tf.mul(g, 1 - beta1));
      const v = tf.add(tf.mul(after(second.read(), turn), beta2), tf.mul(tf.square(g), 1 - beta2));
      const step = tf.mul(rate, tf.div(m, tf.add(tf.div(tf.sqrt(v), correction), epsilon)));
      const weight = variable.read();
      const decayed =
        isDecayed(name) && this.#options.weightDecay > 0 ? tf.mul(weight, decay) : weight;
      const moved = tf.sub(decayed, step);
      variable.assign(moved);
      first.assign(m);
      second.assign(v);
      gradient.assign(tf.zerosLike(after(given, moved)));
      turn = after(turn, moved);
    }
  }
}
