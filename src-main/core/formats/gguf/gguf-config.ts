/** A GGUF file's metadata as the model config that it stands for. */
import { AppError } from "#shared/errors.ts";
import { endIds, idOf } from "./gguf-end-tokens.ts";
import type { GgufFile } from "./gguf.ts";
import { type ModelConfig, parseModelConfig, type RopeConfig } from "../model-config.ts";

const CLASSES: ReadonlyMap<string, string> = new Map([
  ["llama", "LlamaForCausalLM"],
  ["qwen2", "Qwen2ForCausalLM"],
  ["qwen3", "Qwen3ForCausalLM"],
]);

/**
 * What Llama 3.1 and 3.2 were released with. A GGUF file holds only the divisors that follow from these
 * numbers and a factor (rope_freqs.weight), so the numbers are put to the test rather than read.
 */
const LLAMA3 = {
  lowFreqFactor: 1,
  highFreqFactor: 4,
  originalMaxPositionEmbeddings: 8192,
} as const;

export const ROPE_FREQS = "rope_freqs.weight";

/** @throws AppError UNKNOWN_ARCHITECTURE, BAD_CHECKPOINT */
export function ggufModelConfig(gguf: GgufFile): ModelConfig {
  const architecture = gguf.value("general.architecture");
  const hubClass = typeof architecture === "string" ? CLASSES.get(architecture) : undefined;
  if (typeof architecture !== "string" || hubClass === undefined) {
    throw new AppError(
      "UNKNOWN_ARCHITECTURE",
      `${gguf.file} holds a model that Gradus does not run: ${String(architecture)}.`,
      "Gradus runs GGUF files of the architectures llama, qwen2 and qwen3.",
    );
  }
  refusePart(gguf);
  const numeric = (key: string): number | undefined => {
    const value = gguf.value(`${architecture}.${key}`);
    return typeof value === "number" ? value : undefined;
  };
  const hiddenSize = numeric("embedding_length");
  const numHeads = numeric("attention.head_count");
  const headDim =
    numeric("attention.key_length") ??
    (hiddenSize !== undefined && numHeads !== undefined ? hiddenSize / numHeads : undefined);
  refuseOtherComputation(gguf, architecture, headDim);
  const rope = {
    rope_theta: numeric("rope.freq_base") ?? 10_000,
    ...ropeScaling(gguf, architecture),
  };
  const hub = {
    model_type: architecture,
    architectures: [hubClass],
    vocab_size: gguf.tensor("token_embd.weight").shape[0],
    hidden_size: hiddenSize,
    intermediate_size: numeric("feed_forward_length"),
    num_hidden_layers: numeric("block_count"),
    num_attention_heads: numHeads,
    num_key_value_heads: numeric("attention.head_count_kv"),
    head_dim: headDim,
    rms_norm_eps: numeric("attention.layer_norm_rms_epsilon"),
    max_position_embeddings: numeric("context_length"),
    tie_word_embeddings: !gguf.header.tensors.has("output.weight"),
    attention_bias: gguf.header.tensors.has("blk.0.attn_q.bias"),
    mlp_bias: gguf.header.tensors.has("blk.0.ffn_gate.bias"),
    rope_parameters: rope,
    eos_token_id: endIds(gguf),
    bos_token_id: idOf(gguf, "bos"),
    pad_token_id: idOf(gguf, "padding"),
  };
  const config = parseModelConfig(JSON.stringify(hub), undefined, `the metadata of ${gguf.file}`);
  return { ...config, rope: checkedRope(gguf, config) };
}

/** @throws AppError BAD_CHECKPOINT for one part of a model in several files */
function refusePart(gguf: GgufFile): void {
  const [number, count] = [gguf.value("split.no"), gguf.value("split.count")];
  if (typeof count !== "number" || count < 2) return;
  throw new AppError(
    "BAD_CHECKPOINT",
    `${gguf.file} is part ${Number(number ?? 0) + 1} of a model in ${count} files.`,
    "Gradus reads a model in one file: join the parts with llama.cpp's llama-gguf-split --merge, or use the model's safetensors from the hub.",
  );
}

/** Whether a metadata value leaves the computation as it is. */
type IsPlain = (value: number | boolean, headDim: number | undefined) => boolean;
const isZero: IsPlain = (value) => value === 0 || value === false;
const isOne: IsPlain = (value) => value === 1;

/** Metadata by which llama.cpp computes a model of these architectures otherwise than Gradus does. */
const COMPUTATION: readonly (readonly [key: string, isPlain: IsPlain])[] = [
  ["expert_count", isZero],
  ["attn_logit_softcapping", isZero],
  ["final_logit_softcapping", isZero],
  ["attention.sliding_window", isZero],
  ["attention.causal", (value) => value === true || value === 1],
  ["attention.max_alibi_bias", isZero],
  ["attention.clamp_kqv", isZero],
  ["attention.value_length", (value, headDim) => value === headDim],
  ["rope.dimension_count", (value, headDim) => value === headDim],
  ["use_parallel_residual", isZero],
  ["logit_scale", isOne],
  ["residual_scale", isOne],
  ["embedding_scale", isOne],
];

/** @throws AppError BAD_CHECKPOINT where the file says that its model is computed in another way */
function refuseOtherComputation(
  gguf: GgufFile,
  architecture: string,
  headDim: number | undefined,
): void {
  for (const [key, isPlain] of COMPUTATION) {
    const value = gguf.value(`${architecture}.${key}`);
    if (typeof value !== "number" && typeof value !== "boolean") continue;
    if (isPlain(value, headDim)) continue;
    throw new AppError(
      "BAD_CHECKPOINT",
      `${gguf.file}: ${architecture}.${key} is ${value}, and Gradus does not compute models so.`,
      "Its answers would be wrong. Choose a plain Llama, Qwen2 or Qwen3 model.",
    );
  }
}

function ropeScaling(gguf: GgufFile, architecture: string): Record<string, unknown> {
  const type = gguf.value(`${architecture}.rope.scaling.type`);
  const factor =
    gguf.value(`${architecture}.rope.scaling.factor`) ??
    gguf.value(`${architecture}.rope.scale_linear`);
  if (type === undefined ? factor === undefined || factor === 1 : type === "none") {
    return { rope_type: "default" };
  }
  return { rope_type: type ?? "linear", factor };
}

/** The config's rotary options, or Llama 3's where the file holds divisors that these give. */
function checkedRope(gguf: GgufFile, config: ModelConfig): RopeConfig {
  if (!gguf.header.tensors.has(ROPE_FREQS)) return config.rope;
  const divisors = gguf.readTensor(ROPE_FREQS);
  const rope: RopeConfig = {
    ...config.rope,
    ...LLAMA3,
    type: "llama3",
    factor: divisors.reduce((most, divisor) => Math.max(most, divisor), 1),
  };
  const wanted = ropeDivisors(rope, config.headDim);
  const agrees =
    divisors.length === wanted.length &&
    wanted.every((divisor, i) => Math.abs(divisor / (divisors[i] ?? 0) - 1) < 1e-3);
  if (agrees) return rope;
  throw new AppError(
    "BAD_CHECKPOINT",
    `${gguf.file} stretches its rotary embeddings in a way that Gradus does not know (${ROPE_FREQS}).`,
    "Use the model's safetensors from the hub.",
  );
}

/** By what Llama 3 divides each pair's frequency, (headDim / 2): transformers' _compute_llama3_parameters. */
export function ropeDivisors(rope: RopeConfig, headDim: number): Float32Array {
  const { theta, factor, lowFreqFactor, highFreqFactor, originalMaxPositionEmbeddings } = rope;
  return Float32Array.from({ length: headDim / 2 }, (_, i) => {
    const wavelength = 2 * Math.PI * theta ** ((2 * i) / headDim);
    const turns = originalMaxPositionEmbeddings / wavelength;
    if (turns > highFreqFactor) return 1;
    if (turns < lowFreqFactor) return factor;
    const smooth = (turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}
