/** Log-probabilities of a batch's own tokens: logits are made where they are asked for, and nowhere else. */
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import { hiddenStates, outputMatrix } from "./decoder.ts";
import type { SequenceLayout, Weights } from "./decoder.ts";
import { tokenLogprobs, tokenScores } from "./token-logprobs.ts";
import type { TokenLogprobs, TokenScores } from "./token-logprobs.ts";

export type LogprobOptions = {
  readonly layout?: SequenceLayout;
  /** (N) int32 in the flattened (B·T): the places whose next tokens are scored; all by default. */
  readonly places?: Tensor | undefined;
  /** Whether the entropies have a gradient too. */
  readonly entropyGradient?: boolean;
};

export type SequenceLogprobs = TokenLogprobs & {
  /** (N, D): of the tokens before those that are scored. */
  readonly hidden: Tensor;
};

/** ids (B, T+1) → of ids[:, 1:], flat (B·T) or (N), at the temperature. */
export function sequenceLogprobs(
  weights: Weights,
  config: ModelConfig,
  ids: Tensor,
  temperature: number,
  { layout = {}, places, entropyGradient = false }: LogprobOptions = {},
): SequenceLogprobs {
  const { hidden, targets } = askedPlaces(weights, config, ids, { layout, places });
  const scored = tokenLogprobs(hidden, outputMatrix(weights, config), targets, temperature, {
    entropyGradient,
  });
  return { ...scored, hidden };
}

/** ids (B, T+1) → of ids[:, 1:], without a gradient: how each token was met, at temperature 1. */
export function sequenceScores(
  weights: Weights,
  config: ModelConfig,
  ids: Tensor,
  options: Pick<LogprobOptions, "layout" | "places"> = {},
): TokenScores {
  const { hidden, targets } = askedPlaces(weights, config, ids, options);
  return tokenScores(hidden, outputMatrix(weights, config), targets);
}

/** Hidden states (N, D) before the tokens that are scored, and these tokens (N). */
function askedPlaces(
  weights: Weights,
  config: ModelConfig,
  ids: Tensor,
  { layout = {}, places }: Pick<LogprobOptions, "layout" | "places">,
): { readonly hidden: Tensor; readonly targets: Tensor } {
  const [b, columns] = ids.shape as [number, number];
  const t = columns - 1;
  const hidden = hiddenStates(weights, config, tf.slice(ids, [0, 0], [b, t]), layout);
  const flat = tf.reshape(hidden, [b * t, config.hiddenSize]);
  const targets = tf.reshape(tf.slice(ids, [0, 1], [b, t]), [-1]);
  const asked = (x: Tensor): Tensor => (places === undefined ? x : tf.gather(x, places));
  return { hidden: asked(flat), targets: asked(targets) };
}
