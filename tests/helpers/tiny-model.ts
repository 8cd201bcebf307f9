/** A tiny model with random weights and the built-in tokenizer, in hub layout: real enough for every stage. */
import { join } from "node:path";
import { parseModelConfig } from "#main/core/formats/model-config.ts";
import { expectedTensors } from "#main/core/formats/expected-tensors.ts";
import { saveHubFolder } from "#main/core/formats/hub-layout.ts";
import { assetFolder } from "#main/platform/asset-folder.ts";
import { Random } from "#main/platform/random.ts";

export function writeTinyModel(folder: string, seed: number, context = 128): string {
  const config = parseModelConfig(
    JSON.stringify({
      architectures: ["Qwen2ForCausalLM"],
      model_type: "qwen2",
      vocab_size: 768,
      hidden_size: 32,
      intermediate_size: 64,
      num_hidden_layers: 2,
      num_attention_heads: 4,
      num_key_value_heads: 2,
      rms_norm_eps: 1e-6,
      rope_theta: 10000,
      tie_word_embeddings: true,
      max_position_embeddings: context,
      eos_token_id: 1,
      pad_token_id: 0,
    }),
    undefined,
    "tiny",
  );
  const random = new Random(seed);
  const tensors = [...expectedTensors(config)].map(([name, shape]) => {
    const size = shape.reduce((a, b) => a * b, 1);
    const data = Float32Array.from({ length: size }, () =>
      name.endsWith("norm.weight") ? 1 : random.normal() * 0.2,
    );
    return [name, { shape, data }] as const;
  });
  saveHubFolder(folder, {
    config,
    tensors,
    tokenizerFrom: join(assetFolder(), "models", "gradus-base"),
  });
  return folder;
}
