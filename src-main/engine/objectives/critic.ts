/** The objective of a critic that is a model of its own: value-loss.ts of the values that it gives a batch's tokens. */
import type { CriticOptions } from "#shared/schema/critic-options.ts";
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { hiddenStates } from "../model/decoder.ts";
import type { Weights } from "../model/decoder.ts";
import { tokenValues } from "../model/value-head.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { Objective } from "./objective.ts";
import { clippedValueLoss } from "./value-loss.ts";

export type CriticObjectiveOptions = Pick<CriticOptions, "vf_coef" | "cliprange_value"> & {
  readonly recompute?: boolean;
};

type ValueOptions = {
  /** (N) int32 in the flattened (B·T); all by default. */
  readonly places?: Tensor | undefined;
  readonly recompute?: boolean;
};

/** ids (B, T+1) int32 → values of the states before ids[:, 1:], flat (B·T), or (N) of the places; in the reward's unit. */
export function sequenceValues(
  weights: Weights,
  config: ModelConfig,
  ids: Tensor,
  { places, recompute = false }: ValueOptions = {},
): Tensor {
  const [b, columns] = ids.shape as [number, number];
  const before = tf.slice(ids, [0, 0], [b, columns - 1]);
  const hidden = hiddenStates(weights, config, before, { recompute });
  const flat = tf.reshape(hidden, [-1, config.hiddenSize]);
  return tokenValues(weights, places === undefined ? flat : tf.gather(flat, places));
}

/**
 * Inputs: ids (B, T+1) int32; values and returns (value-loss.ts) and what each token weighs, each (N) of the computed
 * places; those places, where they are not all. loss = vf_coef Σ weight · L^VF; stats: the sum before vf_coef, and the
 * weighed share of tokens at which the clip counts.
 */
export function criticObjective(
  config: ModelConfig,
  { vf_coef: coefficient, cliprange_value: range, recompute = false }: CriticObjectiveOptions,
): Objective {
  return (weights, inputs) => {
    const [ids, old, returns, weight, places] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor?];
    const values = sequenceValues(weights, config, ids, { places, recompute });
    const each = clippedValueLoss(values, old, returns, range);
    const loss = tf.sum(tf.mul(each.loss, weight));
    return {
      loss: tf.mul(loss, coefficient),
      stats: [loss, tf.sum(tf.mul(each.clipped, weight))],
    };
  };
}
