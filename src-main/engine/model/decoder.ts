/**
 * The decoder of Qwen2, Qwen3 and Llama: ids → hidden states, differentiable, on whole sequences.
 * One layer is written once (`layerOf`) and used for training, prefill and decoding; what differs
 * is how keys and values are met, which the caller passes in.
 */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { attentionMasks, groupedAttention } from "./attention.ts";
import { joinHeads, linear, rmsNorm, rotate, rotaryTable, splitHeads, swiglu } from "./layers.ts";
import type { Rotation } from "./layers.ts";
import { recomputed } from "./recompute.ts";
import type { RecomputedInputs } from "./recompute.ts";

/** Weights by hub name, matrices as (in, out); adapters, where there are any, under PEFT's names (lora.ts). */
export interface Weights extends ReadonlyMap<string, Tensor> {
  /** Dropout on the input of a matrix's adapter. */
  readonly dropInput?: (module: string, x: Tensor) => Tensor;
  /** Whether a layer's matrices lie as (out, in) instead. */
  readonly outputFirst?: boolean;
}

export type LayerProjections = { readonly q: Tensor; readonly k: Tensor; readonly v: Tensor };

/** What attention needs besides a layer's weights: where each token is, and what it may see. */
export type AttentionContext = {
  /** Of each token's position. */
  readonly rotation: Rotation;
  /** Takes q, k, v (rotated, head norms applied; (B, n, T, h)) and returns the mixed values (B, H, T, h). */
  readonly attend: (layer: number, projections: LayerProjections) => Tensor;
};

export function weight(weights: Weights, name: string): Tensor {
  const tensor = weights.get(name);
  if (tensor === undefined) throw new Error(`the model has no weight ${name}`);
  return tensor;
}

/** Weights of these names and values that are used as the given ones. */
function withValues(
  { dropInput }: Weights,
  names: readonly string[],
  values: readonly Tensor[],
): Weights {
  const named = new Map(names.map((name, i) => [name, values[i] as Tensor]));
  return Object.assign(named, dropInput === undefined ? {} : { dropInput });
}

/** What a layer does differently where features come first (sampling/decode-layer.ts). */
export type LayerParts = {
  readonly norm: (x: Tensor, scale: Tensor) => Tensor;
  /** x through a module's matrix and its bias, where it has one. */
  readonly project: (module: string, x: Tensor, hasBias: boolean) => Tensor;
  /** What attention adds to a layer's input, of that input normed. */
  readonly attention: (layer: number, normed: Tensor) => Tensor;
};

/** x through layer `index`. */
export function layerOf(
  weights: Weights,
  config: ModelConfig,
  index: number,
  x: Tensor,
  { norm, project: through, attention }: LayerParts,
): Tensor {
  const at = `model.layers.${index}.`;
  const normed = (name: string, input: Tensor): Tensor =>
    norm(input, weight(weights, `${at}${name}.weight`));
  const mlp = (name: string, input: Tensor): Tensor =>
    through(`${at}mlp.${name}`, input, config.mlpBias);

  const attended = tf.add(x, attention(index, normed("input_layernorm", x)));
  const h = normed("post_attention_layernorm", attended);
  return tf.add(attended, mlp("down_proj", swiglu(mlp("gate_proj", h), mlp("up_proj", h))));
}

/** x through all layers and the final norm. */
export function stackOf(
  weights: Weights,
  config: ModelConfig,
  x: Tensor,
  parts: LayerParts,
): Tensor {
  let h = x;
  for (let layer = 0; layer < config.numLayers; layer++)
    h = layerOf(weights, config, layer, h, parts);
  return parts.norm(h, weight(weights, "model.norm.weight"));
}

/** A layer's parts on x (B, T, D). */
function sequenceParts(
  weights: Weights,
  config: ModelConfig,
  { rotation, attend }: AttentionContext,
): LayerParts {
  return {
    norm: (x, scale) => rmsNorm(x, scale, config.rmsNormEps),
    project: (module, x, hasBias) => project(weights, module, x, hasBias),
    attention: (layer, x) => {
      const at = `model.layers.${layer}.self_attn.`;
      const mixed = joinHeads(attend(layer, headProjections(weights, config, at, x, rotation)));
      return project(weights, `${at}o_proj`, mixed, config.outputBias);
    },
  };
}

/** x (B, T, D) → q (B, H, T, h) and k (B, K, T, h), normed by head where the model does so and rotated; v (B, K, T, h). */
function headProjections(
  weights: Weights,
  config: ModelConfig,
  at: string,
  x: Tensor,
  rotation: Rotation,
): LayerProjections {
  const { numHeads, numKeyValueHeads, headDim, attentionBias, qkNorm, rmsNormEps } = config;
  const heads = (name: string, count: number): Tensor =>
    splitHeads(project(weights, `${at}${name}_proj`, x, attentionBias), count, headDim);
  const headNorm = (name: string, of: Tensor): Tensor =>
    qkNorm ? rmsNorm(of, weight(weights, `${at}${name}_norm.weight`), rmsNormEps) : of;

  return {
    q: rotate(headNorm("q", heads("q", numHeads)), rotation),
    k: rotate(headNorm("k", heads("k", numKeyValueHeads)), rotation),
    v: heads("v", numKeyValueHeads),
  };
}

/** x (…, in) → (…, out) through a module's matrix, its bias and its adapter. */
function project(weights: Weights, module: string, x: Tensor, hasBias: boolean): Tensor {
  const bias = hasBias ? weight(weights, `${module}.bias`) : undefined;
  const y = linear(x, weight(weights, `${module}.weight`), bias, weights.outputFirst);
  return withAdapter(weights, module, x, y);
}

/** Adds a matrix's low-rank adapter, where it has one: y + dropout(x) A B, with the scale in B. */
function withAdapter(weights: Weights, module: string, x: Tensor, y: Tensor): Tensor {
  const a = weights.get(`${module}.lora_A.weight`);
  const b = weights.get(`${module}.lora_B.weight`);
  if (a === undefined || b === undefined) return y;
  const input = weights.dropInput?.(module, x) ?? x;
  return tf.add(y, linear(linear(input, a), b));
}

/** All layers and the final norm: x (B, T, D) → (B, T, D). */
export function decoderStack(
  weights: Weights,
  config: ModelConfig,
  x: Tensor,
  context: AttentionContext,
): Tensor {
  return stackOf(weights, config, x, sequenceParts(weights, config, context));
}

export const EMBEDDING = "model.embed_tokens.weight";
export const OUTPUT = "lm_head.weight";

/** The matrix that turns hidden states into logits, as (V, D). */
export function outputMatrix(weights: Weights, config: ModelConfig): Tensor {
  const own = weights.get(OUTPUT);
  if (own !== undefined) return own;
  return weight(weights, config.tieWordEmbeddings ? EMBEDDING : OUTPUT);
}

export function embed(weights: Weights, ids: Tensor): Tensor {
  return tf.gather(weight(weights, EMBEDDING), ids);
}

export type SequenceLayout = {
  /**
   * Packed rows: position of each token in its document, (B, T) int32; tokens of different documents do not see each other. By
   * default a row is one document.
   */
  readonly positions?: Tensor;
  /** Layers keep only their inputs for the backward pass (recompute.ts). */
  readonly recompute?: boolean;
  /** What is made of the embeddings (B, T, D) before the first layer: noise, in training (NEFTune). */
  readonly disturb?: ((embedded: Tensor) => Tensor) | undefined;
};

/**
 * Hidden states after the final norm. ids (B, T) int32, padded on the right: causality keeps the padding out.
 * @returns (B, T, D)
 */
export function hiddenStates(
  weights: Weights,
  config: ModelConfig,
  ids: Tensor,
  layout: SequenceLayout = {},
): Tensor {
  const [, t] = ids.shape as [number, number];
  const rotation = sequenceRotation(config, t, layout.positions);
  const masks = attentionMasks(t, layout.positions && earliestColumns(layout.positions));
  const embedded = embed(weights, ids);
  const x = layout.disturb === undefined ? embedded : layout.disturb(embedded);
  return layout.recompute === true
    ? recomputedStack(weights, config, x, rotation, masks)
    : decoderStack(weights, config, x, fullAttention(rotation, masks));
}

/** Every token of a sequence looks at all that the masks let it see. */
function fullAttention(rotation: Rotation, masks: readonly Tensor[]): AttentionContext {
  return { rotation, attend: (_, { q, k, v }) => groupedAttention(q, k, v, masks) };
}

/** The column at which each token's document begins; positions (B, T) int32. */
function earliestColumns(positions: Tensor): Tensor {
  return tf.sub(tf.range(0, positions.shape[1] ?? 0, 1, "int32"), positions);
}

/** `decoderStack` on whole sequences, with each layer's insides made again by the backward pass. */
function recomputedStack(
  weights: Weights,
  config: ModelConfig,
  x: Tensor,
  rotation: Rotation,
  masks: readonly Tensor[],
): Tensor {
  let h = x;
  for (let index = 0; index < config.numLayers; index++) {
    const own = [...weights].filter(([name]) => name.startsWith(`model.layers.${index}.`));
    // All that the layer uses is handed in: what is not saved for the backward pass is freed before it.
    const layer = (input: Tensor, used: RecomputedInputs): Tensor => {
      const [cos, sin, ...seen] = used.constants as [Tensor, Tensor, ...Tensor[]];
      const names = own.map(([name]) => name);
      const known = withValues(weights, names, used.weights);
      const parts = sequenceParts(known, config, fullAttention({ cos, sin }, seen));
      return layerOf(known, config, index, input, parts);
    };
    h = recomputed(layer, h, {
      weights: own.map(([, tensor]) => tensor),
      constants: [rotation.cos, rotation.sin, ...masks],
    });
  }
  return rmsNorm(h, weight(weights, "model.norm.weight"), config.rmsNormEps);
}

/** cos and sin for (B, n, T, h / 2). */
export function sequenceRotation(config: ModelConfig, t: number, positions?: Tensor): Rotation {
  const table = rotaryTable(config, t);
  const half = config.headDim / 2;
  if (positions === undefined) {
    return {
      cos: tf.tensor(table.cos, [1, 1, t, half]),
      sin: tf.tensor(table.sin, [1, 1, t, half]),
    };
  }
  const [b] = positions.shape as [number, number];
  const pick = (values: Float32Array): Tensor =>
    tf.reshape(tf.gather(tf.tensor(values, [t, half]), positions), [b, 1, t, half]);
  return { cos: pick(table.cos), sin: pick(table.sin) };
}
