/**
 * How many rows go through forward and backward together. A gradient is a sum over rows with fixed weights, so
 * cutting a batch changes the memory it needs and not its result.
 */
import type { ModelConfig } from "../checkpoint/model-config.ts";

/** For what the backward pass keeps. A constant, so that a run does not depend on the machine it runs on. */
const ACTIVATION_BYTES = 4 * 2 ** 30;

/**
 * Bytes that a token's activations take until the backward pass has used them, in rows of `columns` tokens.
 * Counted in float32 tensors kept: about 24 of the hidden size and 8 of the intermediate size a layer, 5 of the
 * attention scores, and 6 of the vocabulary at the end.
 */
export function activationBytes(config: ModelConfig, columns: number): number {
  const layer =
    24 * config.hiddenSize + 8 * config.intermediateSize + 5 * config.numHeads * columns;
  return 4 * (config.numLayers * layer + 6 * config.vocabSize);
}

/** At most `wanted`, at least 1; below `wanted` a power of two, so that compiled shapes stay few. */
export function rowsAtOnce(config: ModelConfig, columns: number, wanted: number): number {
  const fit = Math.floor(ACTIVATION_BYTES / (activationBytes(config, columns) * columns));
  if (fit >= wanted) return wanted;
  return 2 ** Math.floor(Math.log2(Math.max(1, fit)));
}
