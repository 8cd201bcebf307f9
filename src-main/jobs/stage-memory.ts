/**
 * What a stage keeps in memory, by part, in float32: the weights of every model it loads, gradients and AdamW's two
 * moments where it trains, activations of the rows that go through together, and the sampler's cache.
 */
import type { MemoryPart } from "#shared/schema/recipe-draft.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { parameterCount } from "#main/engine/checkpoint/expected-tensors.ts";
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
    parts.push(
      { name: "gradients", bytes: weights },
      { name: "AdamW", bytes: 2 * weights },
      { name: "activations", bytes: rows * columns * activationBytes(config, columns) },
    );
  }
  if (stage.kind === "grpo" && stage.beta > 0) parts.push({ name: "reference", bytes: weights });
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
