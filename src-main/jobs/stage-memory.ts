/**
 * What a stage keeps in memory, by part, in float32: the weights of every model it loads, gradients and AdamW's two
 * moments of what it trains, activations of the rows that go through together, and the sampler's cache.
 */
import type { MemoryPart } from "#shared/schema/recipe-draft.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { expectedTensors, parameterCount } from "#main/engine/checkpoint/expected-tensors.ts";
import { readModelConfig } from "#main/engine/checkpoint/hub-layout.ts";
import type { ModelConfig } from "#main/engine/checkpoint/model-config.ts";
import { activationBytes, rowsAtOnce } from "#main/engine/training/rows-at-once.ts";

const FLOAT = 4;
/** TensorFlow's library and the process around it, before any model. */
const PROCESS_BYTES = 600 * 2 ** 20;
/** Rows that the sampler decodes together; see sampling/sampler.ts. */
const SAMPLER_ROWS = 256;

/** @param folders the stage's model and, where it distils, its teacher. Throws what is wrong with their config. */
export function stageMemory(
  stage: Stage,
  folders: { readonly model: string; readonly teacher?: string | undefined },
  promptLength: number,
): MemoryPart[] {
  const config = readModelConfig(folders.model);
  const weights = parameterCount(config) * FLOAT;
  const parts: MemoryPart[] = [
    { name: "process", bytes: PROCESS_BYTES },
    { name: "weights", bytes: weights },
  ];
  if ("learning_rate" in stage) {
    const columns =
      stage.kind === "pretrain"
        ? stage.sequence_length
        : stage.kind === "grpo"
          ? promptLength + stage.max_completion_length
          : stage.max_length;
    const rows = rowsAtOnce(config, columns, stage.per_device_train_batch_size);
    const trained = trainedBytes(config, stage, weights);
    const perToken = stage.gradient_checkpointing
      ? recomputedBytes(config, columns)
      : activationBytes(config, columns);
    parts.push(
      { name: "gradients", bytes: trained },
      { name: "AdamW", bytes: 2 * trained },
      // The optimizer's own intermediate values come when the activations are gone.
      { name: "activations", bytes: Math.max(rows * columns * perToken, 4 * trained) },
    );
    if (trained < weights) parts.push({ name: "adapters", bytes: trained });
  }
  const hasOwnReference = stage.kind === "grpo" && stage.beta > 0 && !stage.use_peft;
  if (hasOwnReference) parts.push({ name: "reference", bytes: weights });
  if ("max_completion_length" in stage) {
    const sampled = folders.teacher === undefined ? config : readModelConfig(folders.teacher);
    if (folders.teacher !== undefined)
      parts.push({ name: "teacher", bytes: parameterCount(sampled) * FLOAT });
    parts.push({
      name: "KV cache",
      bytes: cacheBytes(sampled, promptLength + stage.max_completion_length),
    });
  }
  return parts;
}

/** Bytes of what the optimizer changes: all weights, or the adapters' A (in, r) and B (r, out). */
function trainedBytes(config: ModelConfig, stage: Stage, weights: number): number {
  if (!("use_peft" in stage) || !stage.use_peft) return weights;
  let count = 0;
  for (const [name, shape] of expectedTensors(config)) {
    const [out, into] = shape;
    const isTarget = stage.lora_target_modules.some((target) => name.endsWith(`.${target}.weight`));
    if (isTarget && out !== undefined && into !== undefined) count += stage.lora_r * (out + into);
  }
  return count * FLOAT;
}

/** Of a token, where layers are computed again: every layer's input, one layer whole, and the logits. */
function recomputedBytes(config: ModelConfig, columns: number): number {
  const logits = FLOAT * 6 * config.vocabSize;
  const layer = (activationBytes(config, columns) - logits) / config.numLayers;
  return FLOAT * config.numLayers * config.hiddenSize + 2 * layer + logits;
}

/** Keys and values of every layer for the rows that are sampled together. */
function cacheBytes(config: ModelConfig, columns: number): number {
  return (
    2 * config.numLayers * config.numKeyValueHeads * config.headDim * columns * SAMPLER_ROWS * FLOAT
  );
}

/** Bytes of one checkpoint: weights and AdamW's moments. */
export function checkpointBytes(folder: string): number {
  return 3 * parameterCount(readModelConfig(folder)) * FLOAT;
}

/** Tokens that the model can see at once. */
export function contextOf(folder: string): number {
  return readModelConfig(folder).maxPositionEmbeddings;
}
