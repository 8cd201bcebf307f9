/**
 * Estimates of KL(π ‖ π_ref) at one sampled token (Schulman 2020, "Approximating KL divergence"), d = log π_ref − log π:
 * k1 = −d, without bias, of either sign; k2 = d²/2; k3 = exp(d) − d − 1, never negative.
 */
import { assertNever } from "#shared/errors.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

export type KlEstimator = GrpoStage["kl_estimator"];

/** gap: d, of any shape, 0 where nothing counts; in nats. */
export function klEstimate(gap: Tensor, estimator: KlEstimator): Tensor {
  switch (estimator) {
    case "k1":
      return tf.neg(gap);
    case "k2":
      return tf.mul(tf.square(gap), 0.5);
    case "k3":
      return tf.sub(tf.sub(tf.exp(gap), gap), 1);
    default:
      return assertNever(estimator);
  }
}

/** The same of one number, for KL in the reward. */
export function klOf(gap: number, estimator: KlEstimator): number {
  switch (estimator) {
    case "k1":
      return -gap;
    case "k2":
      return gap ** 2 / 2;
    case "k3":
      return Math.exp(gap) - gap - 1;
    default:
      return assertNever(estimator);
  }
}
