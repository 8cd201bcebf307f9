/**
 * The shape of a model, read from and written to the hub's config.json.
 * Field by field the meaning is transformers' (Qwen2Config, Qwen3Config, LlamaConfig), defaults included.
 * Both spellings of the rotary options are read: `rope_theta` with `rope_scaling` (transformers 4)
 * and `rope_parameters` (transformers 5); both are written. Where a file has both, `rope_scaling` is read alone,
 * as transformers 5 does (PreTrainedConfig.convert_rope_params_to_dict).
 */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { parseJson } from "./json-file.ts";

export type Architecture = "qwen2" | "qwen3" | "llama";

export interface RopeConfig {
  readonly type: "default" | "linear" | "llama3";
  readonly theta: number;
  /** Context stretch; 1 for the default type. */
  readonly factor: number;
  readonly lowFreqFactor: number;
  readonly highFreqFactor: number;
  readonly originalMaxPositionEmbeddings: number;
}

export interface ModelConfig {
  readonly architecture: Architecture;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly numKeyValueHeads: number;
  readonly headDim: number;
  readonly rmsNormEps: number;
  readonly tieWordEmbeddings: boolean;
  /** Biases on the query, key and value projections. */
  readonly attentionBias: boolean;
  /** Bias on the attention's output projection. */
  readonly outputBias: boolean;
  readonly mlpBias: boolean;
  /** RMS norms on each head's queries and keys (Qwen3). */
  readonly qkNorm: boolean;
  readonly maxPositionEmbeddings: number;
  readonly initializerRange: number;
  readonly rope: RopeConfig;
  readonly eosTokenIds: readonly number[];
  readonly bosTokenId: number | null;
  readonly padTokenId: number | null;
}

const SUPPORTED =
  "Gradus runs Qwen2/2.5, Qwen3 and Llama 2/3 language models (Qwen2ForCausalLM, Qwen3ForCausalLM, LlamaForCausalLM).";

const CLASS_OF = {
  qwen2: "Qwen2ForCausalLM",
  qwen3: "Qwen3ForCausalLM",
  llama: "LlamaForCausalLM",
} as const;

/** Sizes are bounded so that a lying file cannot ask for absurd allocations. */
const size = z.int().positive().max(16_777_216);
const tokenId = z.int().nonnegative();

const ropeSchema = z.looseObject({
  rope_type: z.string().nullish(),
  type: z.string().nullish(),
  rope_theta: z.number().positive().nullish(),
  factor: z.number().positive().nullish(),
  low_freq_factor: z.number().positive().nullish(),
  high_freq_factor: z.number().positive().nullish(),
  original_max_position_embeddings: z.number().positive().nullish(),
  partial_rotary_factor: z.number().nullish(),
});

const identitySchema = z.looseObject({
  model_type: z.string().optional(),
  architectures: z.array(z.string()).nullish(),
});

const configSchema = z.looseObject({
  vocab_size: size,
  hidden_size: size,
  intermediate_size: size,
  num_hidden_layers: size.max(4096),
  num_attention_heads: size,
  num_key_value_heads: size.nullish(),
  head_dim: size.nullish(),
  hidden_act: z.string().default("silu"),
  rms_norm_eps: z.number().positive().default(1e-6),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().nullish(),
  mlp_bias: z.boolean().nullish(),
  max_position_embeddings: size.optional(),
  initializer_range: z.number().nonnegative().default(0.02),
  rope_theta: z.number().positive().nullish(),
  rope_scaling: ropeSchema.nullish(),
  rope_parameters: ropeSchema.nullish(),
  partial_rotary_factor: z.number().nullish(),
  original_max_position_embeddings: z.number().positive().nullish(),
  use_sliding_window: z.boolean().nullish(),
  sliding_window: z.number().nullish(),
  max_window_layers: z.number().nullish(),
  layer_types: z.array(z.string()).nullish(),
  quantization_config: z.unknown().optional(),
  eos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
  bos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
  pad_token_id: z.int().nullish(),
});

const generationSchema = z.looseObject({
  eos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
  bos_token_id: z.union([tokenId, z.array(tokenId)]).nullish(),
  pad_token_id: z.int().nullish(),
});

type HubConfig = z.output<typeof configSchema>;

const MAX_POSITIONS = { qwen2: 32768, qwen3: 32768, llama: 2048 } as const;

/**
 * The config of a hub folder, from the texts of its config.json and (where there is one) generation_config.json.
 * A sequence ends at the end-of-sequence ids of either file, generation_config.json's first.
 * @throws AppError UNKNOWN_ARCHITECTURE for models of other families, BAD_CHECKPOINT for what is broken or unsupported
 */
export function parseModelConfig(
  configJson: string,
  generationConfigJson?: string,
  name = "config.json",
): ModelConfig {
  const architecture = architectureOf(
    parseJson(configJson, name, identitySchema, "BAD_CHECKPOINT"),
    name,
  );
  const hub = parseJson(configJson, name, configSchema, "BAD_CHECKPOINT");
  const generation =
    generationConfigJson === undefined
      ? {}
      : parseJson(
          generationConfigJson,
          "generation_config.json",
          generationSchema,
          "BAD_CHECKPOINT",
        );
  refuseUnsupported(hub, name);

  const numHeads = hub.num_attention_heads;
  const numKeyValueHeads = hub.num_key_value_heads ?? numHeads;
  // Qwen3's head size does not follow from the hidden size; transformers' default is 128.
  const headDim =
    hub.head_dim ?? (architecture === "qwen3" ? 128 : Math.floor(hub.hidden_size / numHeads));
  if (
    (hub.head_dim ?? null) === null &&
    architecture !== "qwen3" &&
    hub.hidden_size % numHeads !== 0
  ) {
    throw bad(
      name,
      `hidden_size ${hub.hidden_size} is not a multiple of num_attention_heads ${numHeads}`,
    );
  }
  if (numHeads % numKeyValueHeads !== 0) {
    throw bad(
      name,
      `num_attention_heads ${numHeads} is not a multiple of num_key_value_heads ${numKeyValueHeads}`,
    );
  }
  if (headDim % 2 !== 0)
    throw bad(name, `the head size ${headDim} is odd; rotary embeddings need an even one`);

  const attentionBias = architecture === "qwen2" ? true : (hub.attention_bias ?? false);
  const maxPositionEmbeddings = hub.max_position_embeddings ?? MAX_POSITIONS[architecture];
  const padTokenId = generation.pad_token_id ?? hub.pad_token_id ?? null;
  return {
    architecture,
    vocabSize: hub.vocab_size,
    hiddenSize: hub.hidden_size,
    intermediateSize: hub.intermediate_size,
    numLayers: hub.num_hidden_layers,
    numHeads,
    numKeyValueHeads,
    headDim,
    rmsNormEps: hub.rms_norm_eps,
    tieWordEmbeddings: hub.tie_word_embeddings,
    attentionBias,
    outputBias: architecture === "qwen2" ? false : attentionBias,
    mlpBias: architecture === "llama" ? (hub.mlp_bias ?? false) : false,
    qkNorm: architecture === "qwen3",
    maxPositionEmbeddings,
    initializerRange: hub.initializer_range,
    rope: ropeOf(hub, maxPositionEmbeddings, name),
    eosTokenIds: [...new Set([...idList(generation.eos_token_id), ...idList(hub.eos_token_id)])],
    bosTokenId: idList(generation.bos_token_id ?? hub.bos_token_id)[0] ?? null,
    // Llama 2 exports write -1 for "none".
    padTokenId: padTokenId !== null && padTokenId >= 0 ? padTokenId : null,
  };
}

function architectureOf(identity: z.output<typeof identitySchema>, name: string): Architecture {
  const classes = identity.architectures ?? [];
  const known = Object.keys(CLASS_OF).filter((key): key is Architecture => key in CLASS_OF);
  const found = known.find((key) =>
    identity.model_type === undefined
      ? classes.includes(CLASS_OF[key])
      : identity.model_type === key,
  );
  if (found !== undefined && (classes.length === 0 || classes.includes(CLASS_OF[found])))
    return found;
  const seen = [identity.model_type, ...classes].filter((item) => item !== undefined).join(", ");
  throw new AppError(
    "UNKNOWN_ARCHITECTURE",
    seen === ""
      ? `${name} names no model architecture.`
      : `${name} describes a model that Gradus does not run: ${seen}.`,
    SUPPORTED,
  );
}

function refuseUnsupported(hub: HubConfig, name: string): void {
  if (hub.hidden_act !== "silu") {
    throw bad(name, `the activation "${hub.hidden_act}" is not supported`, "Only silu is.");
  }
  if (hub.quantization_config !== undefined && hub.quantization_config !== null) {
    throw bad(
      name,
      "the weights are quantized (quantization_config)",
      "Use the model's unquantized release: F32, F16 or BF16 weights.",
    );
  }
  const firstWindowed = hub.max_window_layers ?? 0;
  const windowed =
    hub.layer_types?.some((type) => type !== "full_attention") ??
    (hub.use_sliding_window === true &&
      typeof hub.sliding_window === "number" &&
      firstWindowed < hub.num_hidden_layers);
  if (windowed) {
    throw bad(
      name,
      "some layers use sliding-window attention",
      "Only full attention is supported; Qwen and Llama releases have it off by default.",
    );
  }
  const rotated = rotaryOptions(hub).partial_rotary_factor ?? hub.partial_rotary_factor ?? 1;
  if (rotated !== 1)
    throw bad(name, `partial_rotary_factor ${rotated} is not supported`, "Only 1 is.");
}

/** The rotary options that count: `rope_scaling` where it says anything, else `rope_parameters`; never parts of both. */
function rotaryOptions(hub: HubConfig): z.output<typeof ropeSchema> {
  const older = hub.rope_scaling ?? {};
  return Object.keys(older).length > 0 ? older : (hub.rope_parameters ?? {});
}

function ropeOf(hub: HubConfig, maxPositionEmbeddings: number, name: string): RopeConfig {
  const given = rotaryOptions(hub);
  const byLayer = Object.entries(given).find(([, value]) => typeof value === "object" && value);
  if (byLayer !== undefined) {
    throw bad(
      name,
      `rotary embeddings that differ by layer ("${byLayer[0]}") are not supported`,
      "Only one set of rotary options for all layers is.",
    );
  }
  const type = given.rope_type ?? given.type ?? "default";
  const theta = given.rope_theta ?? hub.rope_theta ?? 10_000;
  const plain: RopeConfig = {
    type: "default",
    theta,
    factor: 1,
    lowFreqFactor: 1,
    highFreqFactor: 1,
    originalMaxPositionEmbeddings: maxPositionEmbeddings,
  };
  const need = (key: "factor" | "low_freq_factor" | "high_freq_factor"): number => {
    const value = given[key];
    if (typeof value === "number") return value;
    throw bad(name, `rotary embeddings of type "${type}" need ${key}`);
  };
  if (type === "default") return plain;
  if (type === "linear") return { ...plain, type, factor: need("factor") };
  if (type === "llama3") {
    const rope: RopeConfig = {
      type,
      theta,
      factor: need("factor"),
      lowFreqFactor: need("low_freq_factor"),
      highFreqFactor: need("high_freq_factor"),
      // transformers takes the model's own key before the rotary options', and the context where there is neither.
      originalMaxPositionEmbeddings:
        hub.original_max_position_embeddings ??
        given.original_max_position_embeddings ??
        maxPositionEmbeddings,
    };
    if (rope.highFreqFactor <= rope.lowFreqFactor) {
      throw bad(
        name,
        `high_freq_factor ${rope.highFreqFactor} must be above low_freq_factor ${rope.lowFreqFactor}`,
      );
    }
    return rope;
  }
  throw bad(
    name,
    `rotary embeddings of type "${type}" are not supported`,
    "Supported: default, linear, llama3.",
  );
}

function idList(ids: number | readonly number[] | null | undefined): readonly number[] {
  if (ids === null || ids === undefined) return [];
  return typeof ids === "number" ? [ids] : [...new Set(ids)];
}

function bad(name: string, what: string, advice?: string): AppError {
  return new AppError("BAD_CHECKPOINT", `${name}: ${what}.`, advice);
}

export type WeightsDtype = "F32" | "BF16" | "F16";

const TORCH_NAMES = { F32: "float32", BF16: "bfloat16", F16: "float16" } as const;

/** The content of a config.json from which transformers (4.43 or later) builds the same model. */
export function toHubConfig(
  config: ModelConfig,
  dtype: WeightsDtype = "F32",
): Record<string, unknown> {
  const { architecture, rope } = config;
  const biased = architecture === "qwen2" || config.outputBias;
  if (
    config.attentionBias !== biased ||
    config.outputBias !== (architecture !== "qwen2" && biased)
  ) {
    throw new RangeError(
      `${architecture} cannot have attentionBias ${config.attentionBias} with outputBias ${config.outputBias}`,
    );
  }
  if (config.qkNorm !== (architecture === "qwen3"))
    throw new RangeError(`${architecture} cannot have qkNorm ${config.qkNorm}`);
  if (config.mlpBias && architecture !== "llama")
    throw new RangeError(`${architecture} cannot have mlpBias`);
  const scaling =
    rope.type === "default"
      ? null
      : rope.type === "linear"
        ? { rope_type: "linear", factor: rope.factor }
        : {
            rope_type: "llama3",
            factor: rope.factor,
            low_freq_factor: rope.lowFreqFactor,
            high_freq_factor: rope.highFreqFactor,
            original_max_position_embeddings: rope.originalMaxPositionEmbeddings,
          };
  return {
    architectures: [CLASS_OF[architecture]],
    model_type: architecture,
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    num_hidden_layers: config.numLayers,
    num_attention_heads: config.numHeads,
    num_key_value_heads: config.numKeyValueHeads,
    head_dim: config.headDim,
    hidden_act: "silu",
    rms_norm_eps: config.rmsNormEps,
    tie_word_embeddings: config.tieWordEmbeddings,
    attention_dropout: 0,
    ...(architecture === "qwen2" ? {} : { attention_bias: config.attentionBias }),
    ...(architecture === "llama"
      ? { mlp_bias: config.mlpBias }
      : { use_sliding_window: false, sliding_window: null }),
    max_position_embeddings: config.maxPositionEmbeddings,
    initializer_range: config.initializerRange,
    rope_theta: rope.theta,
    rope_scaling: scaling === null ? null : { ...scaling, rope_theta: rope.theta },
    rope_parameters: { rope_type: "default", ...scaling, rope_theta: rope.theta },
    eos_token_id: oneOrList(config.eosTokenIds),
    bos_token_id: config.bosTokenId,
    pad_token_id: config.padTokenId,
    use_cache: true,
    dtype: TORCH_NAMES[dtype],
    torch_dtype: TORCH_NAMES[dtype],
  };
}

/** The content of a generation_config.json: the ids that end, begin and pad a sequence. */
export function toHubGenerationConfig(config: ModelConfig): Record<string, unknown> {
  return {
    eos_token_id: oneOrList(config.eosTokenIds),
    bos_token_id: config.bosTokenId,
    pad_token_id: config.padTokenId,
  };
}

function oneOrList(ids: readonly number[]): number | readonly number[] | null {
  const [first, ...others] = ids;
  if (first === undefined) return null;
  return others.length === 0 ? first : ids;
}
