/** Which tensors a checkpoint of a given shape holds, by the hub's names; linear weights are (out, in). */
import { AppError } from "#shared/errors.ts";
import type { ModelConfig } from "./model-config.ts";

type Shape = readonly number[];

/** Names and shapes, in the order of the layers. `lm_head.weight` is there only where it is not tied to the embeddings. */
export function expectedTensors(config: ModelConfig): ReadonlyMap<string, Shape> {
  const { hiddenSize, intermediateSize, headDim } = config;
  const queries = config.numHeads * headDim;
  const keys = config.numKeyValueHeads * headDim;
  const tensors = new Map<string, Shape>();
  const linear = (name: string, out: number, into: number, bias: boolean): void => {
    tensors.set(`${name}.weight`, [out, into]);
    if (bias) tensors.set(`${name}.bias`, [out]);
  };
  tensors.set("model.embed_tokens.weight", [config.vocabSize, hiddenSize]);
  for (let layer = 0; layer < config.numLayers; layer++) {
    const prefix = `model.layers.${layer}`;
    tensors.set(`${prefix}.input_layernorm.weight`, [hiddenSize]);
    linear(`${prefix}.self_attn.q_proj`, queries, hiddenSize, config.attentionBias);
    linear(`${prefix}.self_attn.k_proj`, keys, hiddenSize, config.attentionBias);
    linear(`${prefix}.self_attn.v_proj`, keys, hiddenSize, config.attentionBias);
    linear(`${prefix}.self_attn.o_proj`, hiddenSize, queries, config.outputBias);
    if (config.qkNorm) {
      tensors.set(`${prefix}.self_attn.q_norm.weight`, [headDim]);
      tensors.set(`${prefix}.self_attn.k_norm.weight`, [headDim]);
    }
    tensors.set(`${prefix}.post_attention_layernorm.weight`, [hiddenSize]);
    linear(`${prefix}.mlp.gate_proj`, intermediateSize, hiddenSize, config.mlpBias);
    linear(`${prefix}.mlp.up_proj`, intermediateSize, hiddenSize, config.mlpBias);
    linear(`${prefix}.mlp.down_proj`, hiddenSize, intermediateSize, config.mlpBias);
  }
  tensors.set("model.norm.weight", [hiddenSize]);
  if (!config.tieWordEmbeddings) tensors.set("lm_head.weight", [config.vocabSize, hiddenSize]);
  return tensors;
}

/** The number of trained values. */
export function parameterCount(config: ModelConfig): number {
  let count = 0;
  for (const shape of expectedTensors(config).values()) count += shape.reduce((a, b) => a * b, 1);
  return count;
}

/** Tensors that some exports carry and that no model reads: a tied head, the rotary frequencies of old Llama exports. */
export function isIgnoredTensor(config: ModelConfig, name: string): boolean {
  return (
    (config.tieWordEmbeddings && name === "lm_head.weight") || name.endsWith(".rotary_emb.inv_freq")
  );
}

/**
 * Compares the tensors of a checkpoint with those of its config.
 * @throws AppError BAD_CHECKPOINT listing what is missing, unexpected or of another shape
 */
export function checkTensors(
  config: ModelConfig,
  found: ReadonlyMap<string, Shape>,
  source: string,
): void {
  const expected = expectedTensors(config);
  const missing = [...expected.keys()].filter((name) => !found.has(name));
  const unexpected = [...found.keys()].filter(
    (name) => !expected.has(name) && !isIgnoredTensor(config, name),
  );
  const misshapen: string[] = [];
  for (const [name, shape] of expected) {
    const seen = found.get(name);
    if (
      seen !== undefined &&
      (seen.length !== shape.length || seen.some((length, axis) => length !== shape[axis]))
    ) {
      misshapen.push(`${name} is [${seen.join(", ")}], should be [${shape.join(", ")}]`);
    }
  }
  const problems = [
    ...listed("missing", missing),
    ...listed("not part of this architecture", unexpected),
    ...listed("of the wrong shape", misshapen),
  ];
  if (problems.length === 0) return;
  throw new AppError(
    "BAD_CHECKPOINT",
    `The weights in ${source} do not fit its config.json (${config.architecture}, ${config.numLayers} layers): ${problems.join("; ")}.`,
    "Check that config.json and the weights come from the same model, and that it is a plain causal language model without adapters.",
  );
}

function listed(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, 6).join(", ");
  const more = names.length > 6 ? ` and ${names.length - 6} more` : "";
  return [`${names.length} ${what}: ${shown}${more}`];
}
