import { expect, test } from "vitest";
import { parameterCount } from "#main/core/formats/expected-tensors.ts";
import { parseModelConfig } from "#main/core/formats/model-config.ts";
import { catalogue, fitOf } from "#main/services/models/get/catalogue.ts";
import { parseHubId } from "#main/services/models/hub/hub-model.ts";

/**
 * Shapes of the models' published config.json: model type, vocabulary, hidden, feed-forward, layers, heads,
 * key-value heads, head size, whether the output matrix is the embeddings'.
 */
const SHAPES: Readonly<
  Record<string, readonly [string, number, number, number, number, number, number, number, boolean]>
> = {
  "SmolLM2-135M": ["llama", 49_152, 576, 1536, 30, 9, 3, 64, true],
  "SmolLM2-360M": ["llama", 49_152, 960, 2560, 32, 15, 5, 64, true],
  "SmolLM2-1.7B": ["llama", 49_152, 2048, 8192, 24, 32, 32, 64, true],
  "Qwen2.5-0.5B": ["qwen2", 151_936, 896, 4864, 24, 14, 2, 64, true],
  "Qwen2.5-1.5B": ["qwen2", 151_936, 1536, 8960, 28, 12, 2, 128, true],
  "Qwen2.5-3B": ["qwen2", 151_936, 2048, 11_008, 36, 16, 2, 128, true],
  "Qwen2.5-7B": ["qwen2", 152_064, 3584, 18_944, 28, 28, 4, 128, false],
  "Qwen2.5-Math-1.5B": ["qwen2", 151_936, 1536, 8960, 28, 12, 2, 128, true],
  "Qwen2.5-Math-7B": ["qwen2", 152_064, 3584, 18_944, 28, 28, 4, 128, false],
  "Qwen3-0.6B": ["qwen3", 151_936, 1024, 3072, 28, 16, 8, 128, true],
  "Qwen3-1.7B": ["qwen3", 151_936, 2048, 6144, 28, 16, 8, 128, true],
  "Qwen3-4B": ["qwen3", 151_936, 2560, 9728, 36, 32, 8, 128, true],
  "Qwen3-8B": ["qwen3", 151_936, 4096, 12_288, 36, 32, 8, 128, false],
  "Llama-3.2-1B": ["llama", 128_256, 2048, 8192, 16, 32, 8, 64, true],
  "Llama-3.2-3B": ["llama", 128_256, 3072, 8192, 28, 24, 8, 128, true],
  "DeepSeek-R1-Distill-Qwen-1.5B": ["qwen2", 151_936, 1536, 8960, 28, 12, 2, 128, false],
  "DeepSeek-R1-Distill-Qwen-7B": ["qwen2", 152_064, 3584, 18_944, 28, 28, 4, 128, false],
};

test.each(catalogue().map((model) => [model.id, model] as const))(
  "%s has as many weights as its shape says, and a download of two bytes each or a little more",
  (_id, model) => {
    const name = model.hub.replace(/^.*\//, "").replace(/-(Instruct|Base)$/, "");
    const shape = SHAPES[name];
    if (shape === undefined) throw new Error(`no shape of ${name}`);
    const [type, vocab, hidden, middle, layers, heads, kvHeads, headDim, tied] = shape;
    const config = parseModelConfig(
      JSON.stringify({
        model_type: type,
        vocab_size: vocab,
        hidden_size: hidden,
        intermediate_size: middle,
        num_hidden_layers: layers,
        num_attention_heads: heads,
        num_key_value_heads: kvHeads,
        head_dim: headDim,
        tie_word_embeddings: tied,
      }),
    );
    expect(model.parameters).toBe(parameterCount(config));
    expect(parseHubId(model.hub)).toMatchObject({ repository: model.hub, revision: "main" });
    // Some releases repeat the tied output matrix in their files.
    const most = 2 * model.parameters + (tied ? 2 * vocab * hidden : 0);
    expect(model.downloadBytes).toBeGreaterThan(2 * model.parameters * 0.99);
    expect(model.downloadBytes).toBeLessThan(most * 1.01);
  },
);

test("what fits follows from bytes a weight within four fifths of the memory", () => {
  // 16, 4.4 and 4 bytes a weight in 0.8 of 10 GB: at most 500, 1818 and 2000 million weights.
  expect(fitOf(500e6, 10e9)).toBe("train");
  expect(fitOf(501e6, 10e9)).toBe("lora");
  expect(fitOf(1818e6, 10e9)).toBe("lora");
  expect(fitOf(1900e6, 10e9)).toBe("sample");
  expect(fitOf(2001e6, 10e9)).toBe("too-large");
});
