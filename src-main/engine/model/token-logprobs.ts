/** Log-probabilities of given tokens, and the entropy of the distributions they came from. */
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

export type TokenLogprobs = {
  /** (N): log p(target). */
  readonly logprobs: Tensor;
  /** (N): entropy in nats, without gradient. */
  readonly entropy: Tensor;
};

/**
 * hidden (N, D), output (V, D), targets (N) int32 → log-probabilities at `temperature`.
 * The target's logit comes from the dot product with its own row of `output`, so that no one-hot (N, V) is made.
 */
export function tokenLogprobs(
  hidden: Tensor,
  output: Tensor,
  targets: Tensor,
  temperature: number,
): TokenLogprobs {
  const scaled = temperature === 1 ? hidden : tf.mul(hidden, 1 / temperature);
  const logits = tf.matMul(scaled, output, false, true);
  const logNormalizer = tf.logSumExp(logits, -1);
  const targetLogits = tf.sum(tf.mul(scaled, tf.gather(output, targets)), -1);
  return { logprobs: tf.sub(targetLogits, logNormalizer), entropy: entropyOf(logits) };
}

/** logits (N, V) → entropy (N), cut from the tape. */
const entropyOf = (logits: Tensor): Tensor => {
  const compute = tf.customGrad((...inputs) => {
    const [x] = inputs as unknown as [Tensor];
    const logNormalizer = tf.logSumExp(x, -1, true);
    const p = tf.exp(tf.sub(x, logNormalizer));
    const value = tf.sub(tf.squeeze(logNormalizer, [-1]), tf.sum(tf.mul(p, x), -1));
    return { value, gradFunc: () => [tf.zerosLike(x)] };
  });
  return compute(logits);
};
