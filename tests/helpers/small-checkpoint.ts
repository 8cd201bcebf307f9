/** A Qwen2 model of a few hundred numbers, for tests of files. */
import { expectedTensors } from "#main/core/formats/expected-tensors.ts";
import { type ModelConfig, parseModelConfig } from "#main/core/formats/model-config.ts";
import { elementCount, type HostTensor } from "#main/core/formats/safetensors.ts";

export const smallConfig: ModelConfig = parseModelConfig(
  JSON.stringify({
    architectures: ["Qwen2ForCausalLM"],
    model_type: "qwen2",
    vocab_size: 12,
    hidden_size: 8,
    intermediate_size: 6,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    num_key_value_heads: 1,
    tie_word_embeddings: true,
    eos_token_id: 1,
  }),
);

/** Tensors counted up from `first` in steps of 1/64, exact in every float format up to 2. */
export function smallTensors(
  first = 0,
  config: ModelConfig = smallConfig,
): Map<string, HostTensor> {
  const tensors = new Map<string, HostTensor>();
  let next = 0;
  for (const [name, shape] of expectedTensors(config)) {
    const data = Float32Array.from(
      { length: elementCount(shape) },
      () => first + (next++ % 128) / 64,
    );
    tensors.set(name, { shape, data });
  }
  return tensors;
}

/** AdamW's moments for the model's tensors. */
export function smallMoments(first = 0): Map<string, HostTensor> {
  const moments = new Map<string, HostTensor>();
  for (const prefix of ["m", "v"]) {
    for (const [name, tensor] of smallTensors(first)) moments.set(`${prefix}.${name}`, tensor);
  }
  return moments;
}
