import { beforeAll, expect, test } from "vitest";
import { tokenLogprobs } from "#main/engine/model/token-logprobs.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import type { Runtime } from "#main/engine/runtime/runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import { Random } from "#main/platform/random.ts";

let runtime: Runtime;

beforeAll(async () => {
  runtime = await openRuntime({ choice: "tensorflow" });
});

const ROWS = 11;
const HIDDEN = 6;
const VOCABULARY = 13;

function inputs(): Tensor[] {
  const random = new Random(5);
  const normal = (count: number): Float32Array =>
    Float32Array.from({ length: count }, () => random.normal());
  return [
    tf.tensor(normal(ROWS * HIDDEN), [ROWS, HIDDEN]),
    tf.tensor(normal(VOCABULARY * HIDDEN), [VOCABULARY, HIDDEN]),
    tf.tensor(
      Int32Array.from({ length: ROWS }, (_, i) => (i * 5) % VOCABULARY),
      [ROWS],
      "int32",
    ),
    tf.tensor(normal(ROWS), [ROWS]),
  ];
}

/** Log-probabilities, entropies and both gradients with so many logits in memory at once. */
function results(atOnce: number): number[][] {
  const program = runtime.compile(`logprobs_${atOnce}`, (...args) => {
    const [hidden, output, targets, upstream] = args as [Tensor, Tensor, Tensor, Tensor];
    const { logprobs, entropy } = tokenLogprobs(hidden, output, targets, 0.7, {
      logitsAtOnce: atOnce,
    });
    const { grads: bonus } = tf.valueAndGrads((h: Tensor, w: Tensor) => {
      const options = { logitsAtOnce: atOnce, entropyGradient: true };
      const scored = tokenLogprobs(h, w, targets, 0.7, options);
      return tf.sum(tf.mul(tf.add(scored.entropy, tf.mul(scored.logprobs, 0.3)), upstream));
    })([hidden, output]);
    const { grads } = tf.valueAndGrads((h: Tensor, w: Tensor) =>
      tf.sum(
        tf.mul(tokenLogprobs(h, w, targets, 0.7, { logitsAtOnce: atOnce }).logprobs, upstream),
      ),
    )([hidden, output]);
    return [logprobs, entropy, ...grads, ...bonus];
  });
  return program(...inputs()).map((tensor) => Array.from(tensor.dataSync()));
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i] ?? Number.NaN, 5);
  });
}

test("chunks of logits give what all logits at once give: values, entropies, gradients", () => {
  const whole = results(ROWS * VOCABULARY);
  expect(whole.map(({ length }) => length)).toEqual([
    ROWS,
    ROWS,
    ...[ROWS * HIDDEN, VOCABULARY * HIDDEN],
    ...[ROWS * HIDDEN, VOCABULARY * HIDDEN],
  ]);
  // Three rows a chunk (the last one has two), and one row a chunk.
  for (const atOnce of [3 * VOCABULARY, 1]) {
    results(atOnce).forEach((values, i) => {
      expectClose(values, whole[i] ?? []);
    });
  }
});

test("log-probabilities and entropies are those of the softmax, worked out in double precision", () => {
  const [hidden, output, targets] = inputs().map((tensor) => Array.from(tensor.dataSync()));
  const [logprobs, entropies] = results(3 * VOCABULARY);
  for (let r = 0; r < ROWS; r++) {
    const logits = Array.from({ length: VOCABULARY }, (_, v) => {
      let dot = 0;
      for (let d = 0; d < HIDDEN; d++)
        dot += (hidden?.[r * HIDDEN + d] ?? 0) * (output?.[v * HIDDEN + d] ?? 0);
      return dot / 0.7;
    });
    const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    const p = logits.map((z) => Math.exp(z) / total);
    expect(logprobs?.[r]).toBeCloseTo(Math.log(p[targets?.[r] ?? 0] ?? 0), 5);
    expect(entropies?.[r]).toBeCloseTo(-p.reduce((sum, q) => sum + q * Math.log(q), 0), 5);
  }
});

test("entropies have the gradient of the softmax's, worked out in double precision", () => {
  const [hidden, output, targets, upstream] = inputs().map((tensor) =>
    Array.from(tensor.dataSync()),
  );
  const at = (values: number[] | undefined, i: number): number => values?.[i] ?? Number.NaN;
  // Σ upstream (H + 0.3 log p): ∂/∂z = upstream (−p (log p + H) + 0.3 (onehot − p)), and z = h · w / 0.7.
  const expected = Array.from({ length: ROWS * HIDDEN }, () => 0);
  for (let r = 0; r < ROWS; r++) {
    const logits = Array.from({ length: VOCABULARY }, (_, v) => {
      let dot = 0;
      for (let d = 0; d < HIDDEN; d++)
        dot += at(hidden, r * HIDDEN + d) * at(output, v * HIDDEN + d);
      return dot / 0.7;
    });
    const total = logits.reduce((sum, z) => sum + Math.exp(z), 0);
    const p = logits.map((z) => Math.exp(z) / total);
    const entropy = -p.reduce((sum, q) => sum + q * Math.log(q), 0);
    p.forEach((q, v) => {
      const hot = v === at(targets, r) ? 1 : 0;
      const pull = at(upstream, r) * (-q * (Math.log(q) + entropy) + 0.3 * (hot - q));
      for (let d = 0; d < HIDDEN; d++)
        expected[r * HIDDEN + d] =
          at(expected, r * HIDDEN + d) + (pull * at(output, v * HIDDEN + d)) / 0.7;
    });
  }
  const gradient = results(ROWS * VOCABULARY)[4] ?? [];
  expect(
    gradient.map((value, i) => Math.abs(value - at(expected, i))).filter((gap) => !(gap < 1e-5)),
  ).toEqual([]);
});
