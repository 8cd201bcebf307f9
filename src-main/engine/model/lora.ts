/**
 * Low-rank adapters (LoRA, Hu et al. 2021, arXiv 2106.09685): a frozen matrix W (in, out) gets a trained companion,
 * y = x W + s · dropout(x) A B, with A (in, r) and B (r, out). s is alpha / r, or alpha / √r with rank-stabilised LoRA
 * (Kalajdzievski 2023, arXiv 2312.03732). Names and initial values are PEFT's. With the adapters off the model is its
 * base, which is how GRPO has its reference without a second copy.
 */
import type { AdapterContent } from "#main/core/formats/peft-adapter.ts";
import type { TensorSource } from "#main/core/formats/safetensors.ts";
import type { Runtime, Variable } from "../runtime/runtime.ts";
import { statelessUniform } from "../runtime/tensorflow/stateless-uniform.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { deriveSeed, hash32, Random } from "#main/platform/random.ts";
import type { Weights } from "./decoder.ts";
import { flip, LanguageModel, readLater } from "./language-model.ts";

export type LoraOptions = {
  readonly r: number;
  readonly alpha: number;
  readonly dropout: number;
  /** Last parts of the names of the matrices that get an adapter, e.g. "q_proj". */
  readonly targets: readonly string[];
  readonly rslora: boolean;
};

/** What A B is multiplied with. */
export function loraScale({ r, alpha, rslora }: LoraOptions): number {
  return alpha / (rslora ? Math.sqrt(r) : r);
}

const A = ".lora_A.weight";
const B = ".lora_B.weight";

export class LoraModel extends LanguageModel {
  readonly base: LanguageModel;
  readonly options: LoraOptions;
  readonly #adapters: ReadonlyMap<string, Variable>;
  /** Of dropout's noise, beside the step's and the matrix's own. */
  readonly #noiseSeed: number;

  private constructor(
    base: LanguageModel,
    adapters: ReadonlyMap<string, Variable>,
    options: LoraOptions,
    noiseSeed: number,
  ) {
    super(base.config, new Map([...base.variables, ...adapters]));
    this.base = base;
    this.options = options;
    this.#adapters = adapters;
    this.#noiseSeed = noiseSeed;
  }

  /**
   * Fresh adapters on a model, which they take over: A uniform in ±1/√in, B zero, so that nothing changes yet.
   * Throws a RangeError where no matrix has a wanted name.
   * @param seed of the first values and of dropout's noise
   */
  static onto(
    runtime: Runtime,
    base: LanguageModel,
    options: LoraOptions,
    seed: number,
  ): LoraModel {
    const random = new Random(seed);
    const adapters = new Map<string, Variable>();
    for (const [name, { shape }] of base.variables) {
      const module = name.endsWith(".weight") ? name.slice(0, -".weight".length) : name;
      const [into, out] = shape;
      if (!options.targets.some((target) => module.endsWith(`.${target}`))) continue;
      if (into === undefined || out === undefined) continue;
      const bound = 1 / Math.sqrt(into);
      const a = Float32Array.from(
        { length: into * options.r },
        () => (2 * random.uniform() - 1) * bound,
      );
      adapters.set(module + A, runtime.variable(module + A, [into, options.r], a));
      adapters.set(
        module + B,
        runtime.variable(module + B, [options.r, out], new Float32Array(options.r * out)),
      );
    }
    if (adapters.size === 0)
      throw new RangeError(`the model has none of the matrices ${options.targets.join(", ")}`);
    return new LoraModel(base, adapters, options, deriveSeed(seed, "dropout"));
  }

  /** Of the base: what a token's passes are counted by. */
  override get parameters(): number {
    return this.base.parameters;
  }

  override get trainable(): ReadonlyMap<string, Variable> {
    return this.#adapters;
  }

  override get plainVariables(): ReadonlyMap<string, Variable> {
    return this.base.variables;
  }

  /** W + s A B where the matrix has an adapter. */
  override merged(name: string): Tensor {
    const module = name.slice(0, -".weight".length);
    const a = this.#adapters.get(module + A);
    const b = this.#adapters.get(module + B);
    const value = super.merged(name);
    if (a === undefined || b === undefined) return value;
    return tf.tidy(() =>
      tf.add(value, tf.mul(tf.matMul(a.read(), b.read()), loraScale(this.options))),
    );
  }

  override changesOf(name: string): number {
    const module = name.slice(0, -".weight".length);
    const adapters = [module + A, module + B].map((key) => this.#adapters.get(key)?.changes ?? 0);
    return adapters.reduce((sum, changes) => sum + changes, super.changesOf(name));
  }

  override get usesNoise(): boolean {
    return this.options.dropout > 0;
  }

  override weightsWith(trained: ReadonlyMap<string, Tensor>, noise?: Tensor): Weights {
    const scale = loraScale(this.options);
    const weights: Map<string, Tensor> = new Map(this.base.read());
    // The scale rides on B: the layers need not know it.
    for (const [name, value] of trained)
      weights.set(name, name.endsWith(B) ? tf.mul(value, scale) : value);
    if (noise === undefined || !this.usesNoise) return weights;
    const { dropout } = this.options;
    return Object.assign(weights, {
      dropInput: (module: string, x: Tensor): Tensor =>
        dropped(x, dropout, noise, [this.#noiseSeed, module]),
    });
  }

  override read(): Weights {
    return this.weightsWith(
      new Map([...this.#adapters].map(([name, variable]) => [name, variable.read()])),
    );
  }

  /** The merged weights, W + s A B, in hub orientation. */
  override *hostTensors(): Generator<readonly [string, TensorSource]> {
    for (const [name, { shape }] of this.base.variables)
      yield [name, readLater(name, shape, () => this.#mergedData(name))];
  }

  #mergedData(name: string): Float32Array {
    const merged = tf.tidy(() => this.merged(name));
    const data = merged.dataSync();
    merged.dispose();
    return data as Float32Array;
  }

  /** The adapters alone, in hub orientation: A (r, in), B (out, r). */
  *adapterTensors(): Generator<readonly [string, TensorSource]> {
    for (const [name, variable] of this.#adapters)
      yield [name, readLater(name, variable.shape, () => variable.data())];
  }

  /** Puts back what `adapterTensors` gave. */
  restoreAdapters(read: (name: string) => Float32Array): void {
    for (const [name, variable] of this.#adapters) {
      const hub = { shape: [...variable.shape].reverse(), data: read(name) };
      const value = tf.tensor(flip(name, hub).data, [...variable.shape], "float32");
      variable.assign(value);
      value.dispose();
    }
  }
}

/**
 * Inverted dropout: elements are kept with probability 1 − rate and made larger by its inverse. `noise` (2) int32 counts
 * the steps and their parts; the run's seed and the matrix's name move both counters elsewhere.
 */
function dropped(
  x: Tensor,
  rate: number,
  noise: Tensor,
  [seed, module]: readonly [number, string],
): Tensor {
  const name = Buffer.from(module);
  const salt = tf.tensor1d([hash32(seed, 0, ...name) | 0, hash32(seed, 1, ...name) | 0], "int32");
  const uniform = statelessUniform(x.shape, tf.add(noise, salt));
  const kept = tf.cast(tf.greaterEqual(uniform, rate), "float32");
  return tf.mul(x, tf.mul(kept, 1 / (1 - rate)));
}

export function adapterContent(model: LoraModel, baseModel: string): AdapterContent {
  return { ...model.options, baseModel, tensors: model.adapterTensors() };
}
