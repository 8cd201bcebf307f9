/**
 * The weights that decoding reads. In float32 they are the model's own. In bfloat16 each matrix is kept a second time,
 * rounded, its outputs first (oneDNN reads it so with fewer copies) and with its adapter added in: half the memory
 * traffic of a decode step, which is what a step of few rows waits for. Embeddings, norms and biases stay as they are.
 */
import type { ModelConfig } from "../checkpoint/model-config.ts";
import { EMBEDDING, OUTPUT } from "../model/decoder.ts";
import type { Weights } from "../model/decoder.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { withPrecision } from "../runtime/matmul.ts";
import type { Precision } from "../runtime/matmul.ts";
import type { Runtime, Variable } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";

/**
 * From here on a step's products outweigh its calls: in bfloat16 plain functions with oneDNN's products are faster than
 * an XLA loop in float32, and a served model's first answer need not wait for XLA (docs/experiments/sampling.md).
 */
export const LARGE_PARAMETERS = 30e6;

export class DecodeWeights {
  readonly precision: Precision;
  readonly model: LanguageModel;
  readonly #rounded: ReadonlyMap<string, Variable>;

  constructor(runtime: Runtime, model: LanguageModel, precision: Precision) {
    this.model = model;
    this.precision = precision;
    this.#rounded = precision === "bfloat16" ? roundedVariables(runtime, model) : new Map();
  }

  get config(): ModelConfig {
    return this.model.config;
  }

  /** The weights' values now, to be called inside a compiled function. */
  read(): Weights {
    if (this.precision === "float32") return this.model.read();
    const weights = new Map(
      [...this.model.plainVariables].flatMap(([name, variable]) =>
        this.#rounded.has(name) ? [] : [[name, variable.read()] as const],
      ),
    );
    for (const [name, variable] of this.#rounded) weights.set(name, variable.read());
    return Object.assign(weights, { outputFirst: true });
  }

  /** Runs `body` with its products at the weights' precision. */
  within<T>(body: () => T): T {
    return withPrecision(this.precision, body);
  }

  /** Rounds the model's weights as they are now: to be called before the first reading, and when they have changed. */
  refresh(): void {
    for (const [name, variable] of this.#rounded) {
      tf.tidy(() => {
        if (name !== OUTPUT) variable.assign(tf.transpose(this.model.merged(name)));
        else variable.assign(this.model.merged(this.config.tieWordEmbeddings ? EMBEDDING : OUTPUT));
      });
    }
  }

  dispose(): void {
    for (const variable of this.#rounded.values()) variable.dispose();
  }
}

/** Each layer's matrices as (out, in), and the output matrix (V, D). */
function roundedVariables(runtime: Runtime, model: LanguageModel): Map<string, Variable> {
  const { vocabSize, hiddenSize } = model.config;
  const rounded = new Map([
    [OUTPUT, runtime.roundedVariable(`rounded.${OUTPUT}`, [vocabSize, hiddenSize])],
  ]);
  for (const [name, { shape }] of model.plainVariables) {
    if (!name.endsWith("_proj.weight")) continue;
    rounded.set(name, runtime.roundedVariable(`rounded.${name}`, [...shape].reverse()));
  }
  return rounded;
}

/** Whether a model is large enough to decode one token a call, in plain functions. */
export function decodesPlainly(runtime: Runtime, model: LanguageModel): boolean {
  return runtime.kind === "tensorflow" && model.parameters >= LARGE_PARAMETERS;
}

/** The precision that a model samples at where `bf16` is asked for: a small one is faster in float32. */
export function samplingPrecision(
  runtime: Runtime,
  model: LanguageModel,
  bf16: boolean,
): Precision {
  return bf16 && decodesPlainly(runtime, model) ? "bfloat16" : "float32";
}
