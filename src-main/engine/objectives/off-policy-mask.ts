/** Off-policy sequence masking: what is to be pushed away and has drifted far teaches nothing (DeepSeek-V3.2, arXiv 2512.02556, eq. 9). */
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";
import type { Sequences } from "./sequences.ts";
import { asConstant } from "./stop-gradient.ts";

/**
 * 1 at the tokens of completions that are kept (N): A ≥ 0, or mean(log π_sampler − log π) over the completion ≤ threshold
 * in nats a token. A constant to the gradient.
 * @param sampled log π_sampler (N): of the sampler where it is another than the policy, else π_old
 */
export function offPolicyMask(
  advantages: Tensor,
  logprobs: Tensor,
  sampled: Tensor,
  sequences: Sequences,
  threshold: number,
): Tensor {
  return asConstant([logprobs], () => {
    const near = tf.lessEqual(sequences.mean(tf.sub(sampled, logprobs)), threshold);
    return tf.cast(tf.logicalOr(tf.greaterEqual(advantages, 0), near), "float32");
  });
}
