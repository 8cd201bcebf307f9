/** One row of the cache: the completion that grows in it. */
import { AppError } from "#shared/errors.ts";

export type Completion = {
  /** Sampled ids, the stop token included where there is one. */
  readonly ids: readonly number[];
  /** Log-probability of each id at the sampling temperature, over the whole vocabulary. */
  readonly logprobs: readonly number[];
  readonly finishReason: "stop" | "length";
};

/** What a row is for: its prompt, and the seed of its noise. */
export type SampledSequence = { readonly promptIds: readonly number[]; readonly seed: number };

/** `start` is the cache column of the prompt's first token. */
export type CacheRow<Sequence extends SampledSequence> = {
  readonly sequence: Sequence;
  readonly start: number;
  readonly ids: number[];
  readonly logprobs: number[];
};

/** What one compiled call drew, row-major. */
export type DrawnTokens = {
  /** (N, B) */
  readonly tokens: Int32Array;
  /** (N, B) */
  readonly logprobs: Float32Array;
  /** The most probable tokens of each draw, best first: ids and log-probabilities (N, B, `count`). */
  readonly top: {
    readonly count: number;
    readonly ids: Float32Array;
    readonly logprobs: Float32Array;
  } | null;
};

/** Adds the drawn tokens to a row; returns its completion once it is done. */
export function extendRow(
  row: CacheRow<SampledSequence>,
  index: number,
  drawn: DrawnTokens,
  tokensPerCall: number,
  stops: ReadonlySet<number>,
  maxNew: number,
): Completion | null {
  const b = drawn.tokens.length / tokensPerCall;
  for (let i = 0; i < tokensPerCall; i++) {
    const id = drawn.tokens[i * b + index] ?? 0;
    const logprob = drawn.logprobs[i * b + index] ?? Number.NaN;
    if (!Number.isFinite(logprob)) {
      throw new AppError(
        "ENGINE_ERROR",
        "The model's logits are not finite, so nothing can be sampled from it.",
        "Go back to an earlier checkpoint; if training led here, lower learning_rate.",
      );
    }
    row.ids.push(id);
    row.logprobs.push(logprob);
    if (stops.has(id)) return { ids: row.ids, logprobs: row.logprobs, finishReason: "stop" };
    if (row.ids.length >= maxNew)
      return { ids: row.ids, logprobs: row.logprobs, finishReason: "length" };
  }
  return null;
}
