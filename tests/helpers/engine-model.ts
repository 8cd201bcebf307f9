/**
 * Small models with random weights for tests of the engine: big enough for grouped heads, several
 * layers and every optional part of the three architectures, small enough for milliseconds.
 */
import type { Architecture, ModelConfig } from "#main/core/formats/model-config.ts";

/** 2 layers, 4 query heads on 2 key heads of 8 channels, 97 tokens. */
export function tinyConfig(
  architecture: Architecture = "qwen2",
  changes: Partial<ModelConfig> = {},
): ModelConfig {
  return {
    architecture,
    vocabSize: 97,
    hiddenSize: 24,
    intermediateSize: 40,
    numLayers: 2,
    numHeads: 4,
    numKeyValueHeads: 2,
    headDim: 8,
    rmsNormEps: 1e-6,
    tieWordEmbeddings: architecture !== "llama",
    attentionBias: architecture === "qwen2",
    outputBias: false,
    mlpBias: false,
    qkNorm: architecture === "qwen3",
    maxPositionEmbeddings: 256,
    // Large, so that attention and logits are far from uniform.
    initializerRange: 0.3,
    rope: {
      type: "default",
      theta: 10_000,
      factor: 1,
      lowFreqFactor: 1,
      highFreqFactor: 4,
      originalMaxPositionEmbeddings: 256,
    },
    eosTokenIds: [2],
    bosTokenId: null,
    padTokenId: 0,
    ...changes,
  };
}

export const ARCHITECTURES: readonly Architecture[] = ["qwen2", "qwen3", "llama"];

/** The largest absolute difference of two lists. @throws where their lengths differ or a value is missing. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} values against ${b.length}`);
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const gap = Math.abs((a[i] ?? Number.NaN) - (b[i] ?? Number.NaN));
    if (Number.isNaN(gap)) return Number.NaN;
    largest = Math.max(largest, gap);
  }
  return largest;
}

/** The item at `index`. @throws where there is none. */
export function itemAt<T>(items: ArrayLike<T>, index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`no item ${index} among ${items.length}`);
  return item;
}
