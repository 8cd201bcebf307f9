import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { expectedTensors, parameterCount } from "#main/core/formats/expected-tensors.ts";
import {
  parseModelConfig,
  toHubConfig,
  toHubGenerationConfig,
} from "#main/core/formats/model-config.ts";

const reference = join(import.meta.dirname, "../fixtures/reference");
const folders = [
  "logits/qwen2",
  "logits/qwen3",
  "logits/llama3-rope",
  "grpo-trajectories/dapo-kl-llama/model",
];

const qwen2 = {
  architectures: ["Qwen2ForCausalLM"],
  model_type: "qwen2",
  vocab_size: 100,
  hidden_size: 32,
  intermediate_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
};
const llama = { ...qwen2, architectures: ["LlamaForCausalLM"], model_type: "llama" };
const qwen3 = { ...qwen2, architectures: ["Qwen3ForCausalLM"], model_type: "qwen3" };

function parse(config: object, generation?: object): ReturnType<typeof parseModelConfig> {
  return parseModelConfig(
    JSON.stringify(config),
    generation === undefined ? undefined : JSON.stringify(generation),
  );
}

describe.each(folders)("the config that transformers wrote in %s", (folder) => {
  const text = readFileSync(join(reference, folder, "config.json"), "utf8");

  test("is written back with transformers' values for every key that shapes the model", () => {
    const theirs = z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    const ours = toHubConfig(parseModelConfig(text));
    // Not about the shape: which version wrote it, training-time parallelism, and layer kinds that are all the default.
    const aside = new Set([
      "transformers_version",
      "pretraining_tp",
      "layer_types",
      "max_window_layers",
    ]);
    const keys = Object.keys(theirs).filter((key) => !aside.has(key));
    expect(Object.fromEntries(keys.map((key) => [key, ours[key]]))).toEqual(
      Object.fromEntries(keys.map((key) => [key, theirs[key]])),
    );
  });

  test("reads back to itself", () => {
    const config = parseModelConfig(text);
    const again = parseModelConfig(
      JSON.stringify(toHubConfig(config)),
      JSON.stringify(toHubGenerationConfig(config)),
    );
    expect(again).toEqual(config);
  });
});

test("the older spelling of rotary options means the same as the newer", () => {
  const scaling = {
    factor: 8,
    low_freq_factor: 1,
    high_freq_factor: 4,
    original_max_position_embeddings: 8192,
  };
  const newer = parse({
    ...llama,
    rope_parameters: { rope_type: "llama3", rope_theta: 5e5, ...scaling },
  });
  for (const older of [
    { rope_theta: 5e5, rope_scaling: { rope_type: "llama3", ...scaling } },
    { rope_theta: 5e5, rope_scaling: { type: "llama3", ...scaling } },
  ]) {
    expect(parse({ ...llama, ...older })).toEqual(newer);
  }
  expect(newer.rope).toEqual({
    type: "llama3",
    theta: 5e5,
    factor: 8,
    lowFreqFactor: 1,
    highFreqFactor: 4,
    originalMaxPositionEmbeddings: 8192,
  });
  expect(
    parse({ ...llama, rope_theta: 1e6, rope_scaling: { type: "linear", factor: 2 } }).rope,
  ).toMatchObject({ type: "linear", theta: 1e6, factor: 2 });
  expect(parse({ ...llama, rope_theta: 1e6, rope_scaling: null }).rope).toMatchObject({
    type: "default",
    theta: 1e6,
  });
});

test("biases, norms and head sizes follow the family", () => {
  expect(parse(qwen2)).toMatchObject({
    attentionBias: true,
    outputBias: false,
    mlpBias: false,
    qkNorm: false,
    headDim: 8,
  });
  expect(parse({ ...qwen3, head_dim: 16 })).toMatchObject({
    attentionBias: false,
    outputBias: false,
    qkNorm: true,
    headDim: 16,
  });
  // Qwen3Config's default head size.
  expect(parse(qwen3).headDim).toBe(128);
  expect(parse({ ...llama, attention_bias: true, mlp_bias: true })).toMatchObject({
    attentionBias: true,
    outputBias: true,
    mlpBias: true,
    qkNorm: false,
  });
  expect(parse({ ...llama, num_key_value_heads: null }).numKeyValueHeads).toBe(4);
});

test("of two spellings of rotary options side by side, rope_scaling is read alone, as transformers 5 does", () => {
  const newer = { rope_type: "default", rope_theta: 5e5 };
  const older = { rope_type: "linear", factor: 2 };
  // PreTrainedConfig.convert_rope_params_to_dict: `rope_scaling or rope_parameters`, then theta from the config itself.
  expect(
    parse({ ...llama, rope_theta: 1e6, rope_scaling: older, rope_parameters: newer }).rope,
  ).toMatchObject({ type: "linear", factor: 2, theta: 1e6 });
  expect(parse({ ...llama, rope_scaling: older, rope_parameters: newer }).rope.theta).toBe(10_000);
  for (const nothing of [null, {}]) {
    expect(
      parse({ ...llama, rope_theta: 1e6, rope_scaling: nothing, rope_parameters: newer }).rope,
    ).toMatchObject({ type: "default", theta: 5e5 });
  }
  const yarn = { rope_type: "yarn", factor: 4, original_max_position_embeddings: 32 };
  expect(() => parse({ ...llama, rope_scaling: yarn, rope_parameters: newer })).toThrow("yarn");
});

test("Llama 3's stretch takes the trained context where its own options leave it out", () => {
  const scaling = { rope_type: "llama3", factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
  const context = { ...llama, max_position_embeddings: 4096 };
  const trained = (config: object): number => parse(config).rope.originalMaxPositionEmbeddings;
  expect(trained({ ...context, rope_scaling: scaling })).toBe(4096);
  expect(
    trained({ ...context, original_max_position_embeddings: 512, rope_scaling: scaling }),
  ).toBe(512);
});

test("rotary options by kind of layer are refused", () => {
  const rope_parameters = { full_attention: { rope_type: "default", rope_theta: 1e6 } };
  expect(() => parse({ ...llama, rope_parameters })).toThrow("differ by layer");
});

test("a sequence ends at the ids of both files, those of generation_config.json first", () => {
  const config = { ...qwen2, eos_token_id: 7, bos_token_id: 5, pad_token_id: -1 };
  expect(parse(config)).toMatchObject({ eosTokenIds: [7], bosTokenId: 5, padTokenId: null });
  expect(parse(config, { eos_token_id: [9, 8, 9], pad_token_id: 3 })).toMatchObject({
    eosTokenIds: [9, 8, 7],
    padTokenId: 3,
  });
  expect(parse(config, {}).eosTokenIds).toEqual([7]);
  expect(parse(qwen2)).toMatchObject({ eosTokenIds: [], bosTokenId: null, padTokenId: null });
  expect(toHubGenerationConfig(parse(config, { eos_token_id: [9, 8] }))).toEqual({
    eos_token_id: [9, 8, 7],
    bos_token_id: 5,
    pad_token_id: null,
  });
});

test("a model without model_type is known by its class", () => {
  const { model_type: _, ...rest } = qwen2;
  expect(parse(rest).architecture).toBe("qwen2");
});

test("sliding windows that no layer uses do not matter", () => {
  expect(parse({ ...qwen2, sliding_window: 4096, use_sliding_window: false }).architecture).toBe(
    "qwen2",
  );
  expect(
    parse({ ...qwen2, sliding_window: 4096, use_sliding_window: true, max_window_layers: 28 })
      .architecture,
  ).toBe("qwen2");
});

describe("what Gradus does not run is refused by name", () => {
  test.each<[string, object]>([
    ["gpt2", { model_type: "gpt2", architectures: ["GPT2LMHeadModel"] }],
    [
      "Qwen2MoeForCausalLM",
      { ...qwen2, model_type: "qwen2_moe", architectures: ["Qwen2MoeForCausalLM"] },
    ],
    [
      "LlamaForSequenceClassification",
      { ...llama, architectures: ["LlamaForSequenceClassification"] },
    ],
    ["names no model architecture", {}],
  ])("the architecture %s", (name, config) => {
    expect(() => parse(config)).toThrow(
      expect.objectContaining({
        code: "UNKNOWN_ARCHITECTURE",
        message: expect.stringContaining(name),
        advice: expect.stringContaining("Qwen2/2.5, Qwen3 and Llama"),
      }),
    );
  });

  test.each<[string, object, string]>([
    ["an activation", { ...qwen2, hidden_act: "gelu" }, "gelu"],
    ["a rotary type", { ...llama, rope_scaling: { rope_type: "yarn", factor: 4 } }, '"yarn"'],
    ["partial rotation", { ...llama, partial_rotary_factor: 0.5 }, "partial_rotary_factor 0.5"],
    [
      "sliding-window layers",
      { ...qwen2, layer_types: ["full_attention", "sliding_attention"] },
      "sliding-window",
    ],
    [
      "a sliding window in use",
      { ...qwen2, use_sliding_window: true, sliding_window: 64, max_window_layers: 1 },
      "sliding-window",
    ],
    ["quantized weights", { ...llama, quantization_config: { quant_method: "gptq" } }, "quantized"],
    [
      "linear scaling without a factor",
      { ...llama, rope_scaling: { type: "linear" } },
      "need factor",
    ],
    [
      "llama3 scaling with crossed factors",
      {
        ...llama,
        rope_scaling: {
          rope_type: "llama3",
          factor: 8,
          low_freq_factor: 4,
          high_freq_factor: 1,
          original_max_position_embeddings: 64,
        },
      },
      "high_freq_factor",
    ],
    [
      "heads that do not divide",
      { ...qwen2, num_attention_heads: 3 },
      "not a multiple of num_attention_heads",
    ],
    [
      "groups that do not divide",
      { ...qwen2, num_key_value_heads: 3 },
      "not a multiple of num_key_value_heads",
    ],
    ["an odd head size", { ...llama, head_dim: 7 }, "odd"],
    ["a missing size", { ...qwen2, hidden_size: undefined }, "hidden_size"],
    ["a size that is no number", { ...qwen2, vocab_size: "100" }, "vocab_size"],
    ["an absurd size", { ...qwen2, intermediate_size: 1e12 }, "intermediate_size"],
  ])("%s", (_, config, message) => {
    expect(() => parse(config)).toThrow(
      expect.objectContaining({
        code: "BAD_CHECKPOINT",
        message: expect.stringContaining(message),
      }),
    );
  });

  test("a config that is cut off", () => {
    expect(() => parseModelConfig('{"model_type": "qwen2", ')).toThrow(
      expect.objectContaining({
        code: "BAD_CHECKPOINT",
        message: expect.stringContaining("not valid JSON"),
      }),
    );
  });
});

test("a config that its family cannot have is not written", () => {
  const config = parse(llama);
  expect(() => toHubConfig({ ...parse(qwen2), attentionBias: false })).toThrow(RangeError);
  expect(() => toHubConfig({ ...config, outputBias: true })).toThrow(RangeError);
  expect(() => toHubConfig({ ...config, qkNorm: true })).toThrow(RangeError);
  expect(() => toHubConfig({ ...parse(qwen3), mlpBias: true })).toThrow(RangeError);
});

test("the tensors of a small Qwen2 are those that transformers names", () => {
  const names = [
    ...expectedTensors(parse({ ...qwen2, num_hidden_layers: 1, tie_word_embeddings: true })),
  ];
  // Queries: 4 heads of 8; keys and values: 2 heads of 8.
  const layer = "model.layers.0";
  expect(names).toEqual([
    ["model.embed_tokens.weight", [100, 32]],
    [`${layer}.input_layernorm.weight`, [32]],
    [`${layer}.self_attn.q_proj.weight`, [32, 32]],
    [`${layer}.self_attn.q_proj.bias`, [32]],
    [`${layer}.self_attn.k_proj.weight`, [16, 32]],
    [`${layer}.self_attn.k_proj.bias`, [16]],
    [`${layer}.self_attn.v_proj.weight`, [16, 32]],
    [`${layer}.self_attn.v_proj.bias`, [16]],
    [`${layer}.self_attn.o_proj.weight`, [32, 32]],
    [`${layer}.post_attention_layernorm.weight`, [32]],
    [`${layer}.mlp.gate_proj.weight`, [64, 32]],
    [`${layer}.mlp.up_proj.weight`, [64, 32]],
    [`${layer}.mlp.down_proj.weight`, [32, 64]],
    ["model.norm.weight", [32]],
  ]);
});

test("the published sizes come out: Qwen2.5-0.5B has 494,032,768 parameters, SmolLM2-135M 134,515,008", () => {
  // Sizes from the models' config.json; totals from their cards and PyTorch's count.
  const qwen = parse({
    ...qwen2,
    vocab_size: 151936,
    hidden_size: 896,
    intermediate_size: 4864,
    num_hidden_layers: 24,
    num_attention_heads: 14,
    num_key_value_heads: 2,
    tie_word_embeddings: true,
  });
  expect(parameterCount(qwen)).toBe(494_032_768);
  const smol = parse({
    ...llama,
    vocab_size: 49152,
    hidden_size: 576,
    intermediate_size: 1536,
    num_hidden_layers: 30,
    num_attention_heads: 9,
    num_key_value_heads: 3,
    tie_word_embeddings: true,
  });
  expect(parameterCount(smol)).toBe(134_515_008);
});
