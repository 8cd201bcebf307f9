/**
 * Draws one token a row from logits, inside a compiled function.
 *
 * The draw is by inverse distribution function in two levels: probabilities are summed over blocks, one uniform
 * number a row finds the block, then the token inside it. No noise over the vocabulary, no sort, no argmax:
 * those cost several times the matmul on a CPU. The bounds of top-k and top-p are found by bisection.
 */
import { tf } from "../runtime/tf.ts";
import type { Tensor } from "../runtime/tf.ts";

export type PickOptions = {
  /** 0 means greedy: the most probable token, the lowest id among equals. */
  readonly temperature: number;
  /** 0 turns it off. */
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
};

export type Picked = {
  /** (B) int32. */
  readonly tokens: Tensor;
  /** (B): log p(token) at the temperature, before any filter; at temperature 1 for greedy. */
  readonly logprobs: Tensor;
};

const BISECTIONS = 32;
/** Keeps a draw below the total, so that rounding can never pass the last token that has weight. */
const BELOW_ONE = 1 - 1e-6;

/** logits (B, V), uniforms (B) in [0, 1) → one token a row. */
export function pickTokens(logits: Tensor, uniforms: Tensor, options: PickOptions): Picked {
  const [b, v] = logits.shape as [number, number];
  const greedy = options.temperature === 0;
  const scaled =
    greedy || options.temperature === 1 ? logits : tf.mul(logits, 1 / options.temperature);
  const highest = tf.max(scaled, -1, true);
  const shifted = tf.sub(scaled, highest); // (B, V), ≤ 0
  const mass = tf.exp(shifted);
  const total = tf.sum(mass, -1, true);
  const weights = greedy
    ? tf.cast(tf.greaterEqual(shifted, 0), "float32")
    : filtered(shifted, mass, options);
  const draw = greedy ? tf.zerosLike(uniforms) : uniforms;
  const tokens = drawIndex(weights, draw, b, v);
  const chosen = tf.gather(shifted, tf.reshape(tokens, [b, 1]), 1, 1);
  return { tokens, logprobs: tf.sub(tf.reshape(chosen, [b]), tf.log(tf.reshape(total, [b]))) };
}

/** The weights left after top-k, then top-p, then min-p, in transformers' order; each sees what the one before left. */
function filtered(shifted: Tensor, mass: Tensor, { topK, topP, minP }: PickOptions): Tensor {
  const v = shifted.shape[1] ?? 0;
  let kept = mass;
  if (topK > 0 && topK < v) {
    kept = keepAbove(shifted, kept, (above) =>
      tf.greaterEqual(tf.sum(tf.cast(above, "float32"), -1, true), topK),
    );
  }
  if (topP < 1) {
    const before = kept;
    const needed = tf.mul(tf.sum(before, -1, true), topP);
    kept = keepAbove(shifted, before, (above) =>
      tf.greaterEqual(tf.sum(tf.mul(before, tf.cast(above, "float32")), -1, true), needed),
    );
  }
  if (minP > 0) kept = tf.mul(kept, tf.cast(tf.greaterEqual(shifted, Math.log(minP)), "float32"));
  return kept;
}

/**
 * Keeps the tokens at or above the highest bound that satisfies `enough` (B, 1). Bisection on the log-probability
 * relative to the best token; beyond e^-60 nothing has weight. Tokens that tie with the last one kept stay too.
 */
export function keepAbove(
  shifted: Tensor,
  weights: Tensor,
  enough: (above: Tensor) => Tensor,
): Tensor {
  const b = shifted.shape[0] ?? 0;
  let low: Tensor = tf.fill([b, 1], -60);
  let high: Tensor = tf.fill([b, 1], 1e-3);
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = tf.mul(tf.add(low, high), 0.5);
    const ok = tf.cast(enough(tf.greaterEqual(shifted, middle)), "float32");
    const no = tf.sub(1, ok);
    low = tf.add(tf.mul(middle, ok), tf.mul(low, no));
    high = tf.add(tf.mul(high, ok), tf.mul(middle, no));
  }
  return tf.mul(weights, tf.cast(tf.greaterEqual(shifted, low), "float32"));
}

/** weights (B, V) ≥ 0, draws (B) → (B) int32: the first index whose cumulative weight passes draw × total. */
export function drawIndex(weights: Tensor, draws: Tensor, b: number, v: number): Tensor {
  const size = 2 ** Math.ceil(Math.log2(Math.sqrt(v)));
  const blocks = Math.ceil(v / size);
  const padded =
    blocks * size === v ? weights : tf.concat([weights, tf.zeros([b, blocks * size - v])], 1);
  const cells = tf.reshape(padded, [b, blocks, size]);
  const blockMass = tf.sum(cells, -1);
  const blockEnds = tf.matMul(blockMass, upperTriangle(blocks));
  const total = tf.slice(blockEnds, [0, blocks - 1], [b, 1]);
  const target = tf.mul(tf.mul(tf.reshape(draws, [b, 1]), BELOW_ONE), total);
  const block = tf.cast(tf.sum(tf.cast(tf.lessEqual(blockEnds, target), "float32"), -1), "int32");
  const chosen = tf.cast(
    tf.equal(tf.reshape(block, [b, 1]), tf.range(0, blocks, 1, "int32")),
    "float32",
  ); // one-hot (B, blocks)
  const before = tf.sum(tf.mul(tf.sub(blockEnds, blockMass), chosen), -1, true);
  const row = tf.reshape(tf.matMul(tf.reshape(chosen, [b, 1, blocks]), cells), [b, size]);
  const rowEnds = tf.matMul(row, upperTriangle(size));
  const rowTotal = tf.slice(rowEnds, [0, size - 1], [b, 1]);
  const rest = tf.minimum(tf.maximum(tf.sub(target, before), 0), tf.mul(rowTotal, BELOW_ONE));
  const within = tf.cast(tf.sum(tf.cast(tf.lessEqual(rowEnds, rest), "float32"), -1), "int32");
  return tf.minimum(
    tf.add(tf.mul(block, tf.scalar(size, "int32")), within),
    tf.scalar(v - 1, "int32"),
  );
}

/** (n, n) with ones where row ≤ column: x · U is the running sum of x. */
function upperTriangle(n: number): Tensor {
  const values = new Float32Array(n * n);
  for (let i = 0; i < n; i++) values.fill(1, i * n + i, (i + 1) * n);
  return tf.tensor(values, [n, n]);
}

/** transformers' repetition penalty: logits of tokens already seen are divided by it where positive, multiplied where not. */
export function penalizeRepetition(logits: Tensor, seen: Tensor, penalty: number): Tensor {
  const punished = tf.minimum(tf.mul(logits, penalty), tf.div(logits, penalty));
  return penalty >= 1
    ? tf.add(logits, tf.mul(seen, tf.sub(punished, logits)))
    : tf.add(
        logits,
        tf.mul(seen, tf.sub(tf.maximum(tf.mul(logits, penalty), tf.div(logits, penalty)), logits)),
      );
}
