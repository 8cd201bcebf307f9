/**
 * The weights that decoding reads. Of a large model in float32 they are the model's own. Else each layer's matrices are
 * kept a second time, with their adapters added in, and those that meet the same input side by side, so that they are
 * one product. In bfloat16 they are rounded, their outputs first (oneDNN reads them so with fewer copies): half the
 * memory traffic of a decode step, which is what a step of few rows waits for. Embeddings, norms and biases stay.
 */
import type { ModelConfig } from "../checkpoint/model-config.ts";
import { EMBEDDING, OUTPUT } from "../model/decoder.ts";
import type { Weights } from "../model/decoder.ts";
import type { LanguageModel } from "../model/language-model.ts";
import { withPrecision } from "../runtime/matmul.ts";
import type { Precision } from "../runtime/matmul.ts";
import type { Runtime, Variable } from "../runtime/runtime.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

/**
 * From here on a step's products outweigh its calls: in bfloat16 plain functions with oneDNN's products are faster than
 * an XLA loop in float32, and a served model's first answer need not wait for XLA (docs/experiments/sampling.md).
 */
export const LARGE_PARAMETERS = 30e6;

/** A layer's matrices as decoding keeps them, each from those of the model that lie in it. */
const PACKED: Readonly<Record<string, readonly string[]>> = {
  "self_attn.qkv_proj": ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
  "self_attn.o_proj": ["self_attn.o_proj"],
  "mlp.gate_up_proj": ["mlp.gate_proj", "mlp.up_proj"],
  "mlp.down_proj": ["mlp.down_proj"],
};

/** A module that decoding keeps, and the model's modules in it, by full names. */
type Copy = {
  readonly variable: Variable;
  readonly module: string;
  readonly parts: readonly string[];
};

export class DecodeWeights {
  readonly precision: Precision;
  readonly model: LanguageModel;
  readonly #copies: readonly Copy[];
  /** (V, D), rounded; in float32 the model's own is read. */
  readonly #output: Variable | null;

  constructor(runtime: Runtime, model: LanguageModel, precision: Precision) {
    const { vocabSize, hiddenSize } = model.config;
    this.model = model;
    this.precision = precision;
    this.#output =
      precision === "bfloat16"
        ? runtime.roundedVariable(`rounded.${OUTPUT}`, [vocabSize, hiddenSize])
        : null;
    this.#copies =
      precision === "bfloat16" || model.parameters < LARGE_PARAMETERS
        ? makeCopies(runtime, model, precision)
        : [];
  }

  get config(): ModelConfig {
    return this.model.config;
  }

  /** The weights' values now, to be called inside a compiled function. */
  read(): Weights {
    if (this.#copies.length === 0) return this.model.read();
    const copied = new Set(this.#copies.flatMap(({ parts }) => parts));
    const weights = new Map<string, Tensor>();
    for (const [name, variable] of this.model.plainVariables) {
      const isRounded = name === OUTPUT && this.#output !== null;
      if (!isRounded && !copied.has(moduleOf(name))) weights.set(name, variable.read());
    }
    for (const { module, variable, parts } of this.#copies) {
      weights.set(`${module}.weight`, variable.read());
      const biases = parts.flatMap((part) => {
        const bias = this.model.plainVariables.get(`${part}.bias`);
        return bias === undefined ? [] : [bias.read()];
      });
      if (biases.length > 0) weights.set(`${module}.bias`, tf.concat(biases));
    }
    if (this.#output !== null) weights.set(OUTPUT, this.#output.read());
    return Object.assign(weights, { packed: true, outputFirst: this.precision === "bfloat16" });
  }

  /** Runs `body` with its products at the weights' precision. */
  within<T>(body: () => T): T {
    return withPrecision(this.precision, body);
  }

  /** Copies the model's weights as they are now: to be called before the first reading, and when they have changed. */
  refresh(): void {
    for (const { variable, parts } of this.#copies) {
      tf.tidy(() => {
        const matrices = parts.map((part) => this.model.merged(`${part}.weight`));
        const packed = tf.concat(matrices, 1);
        variable.assign(this.precision === "bfloat16" ? tf.transpose(packed) : packed);
      });
    }
    tf.tidy(() => {
      this.#output?.assign(this.model.merged(this.config.tieWordEmbeddings ? EMBEDDING : OUTPUT));
    });
  }

  dispose(): void {
    for (const { variable } of this.#copies) variable.dispose();
    this.#output?.dispose();
  }
}

/** A parameter's name without what it is of its module. */
function moduleOf(name: string): string {
  return name.slice(0, name.lastIndexOf("."));
}

/** Each layer's matrices: rounded as (out, in), else as (in, out). */
function makeCopies(runtime: Runtime, model: LanguageModel, precision: Precision): Copy[] {
  const copies: Copy[] = [];
  for (let layer = 0; layer < model.config.numLayers; layer++) {
    const at = `model.layers.${layer}.`;
    for (const [packed, names] of Object.entries(PACKED)) {
      const module = at + packed;
      const parts = names.map((name) => at + name);
      const shapes = parts.map((part) => model.plainVariables.get(`${part}.weight`)?.shape ?? []);
      const into = shapes[0]?.[0] ?? 0;
      const out = shapes.reduce((sum, shape) => sum + (shape[1] ?? 0), 0);
      const variable =
        precision === "bfloat16"
          ? runtime.roundedVariable(`rounded.${module}`, [out, into])
          : runtime.variable(`packed.${module}`, [into, out], new Float32Array(into * out));
      copies.push({ variable, module, parts });
    }
  }
  return copies;
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
