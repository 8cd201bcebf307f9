/** Products in bfloat16: what they round, what they do not, and what training makes of them. */
import { expect, test } from "vitest";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import { tokenLogprobs } from "#main/engine/model/token-logprobs.ts";
import { nextTokenObjective } from "#main/engine/objectives/next-token.ts";
import { matMul, withPrecision } from "#main/engine/runtime/matmul.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import { Trainer } from "#main/engine/training/trainer.ts";
import { Random } from "#main/platform/random.ts";
import { idMatrix, randomRows } from "../helpers/engine-forward.ts";
import { gradientsOf, PLAIN_ADAMW } from "../helpers/engine-gradients.ts";
import { tinyConfig } from "../helpers/engine-model.ts";
import type { Precision } from "#main/core/resources/precision.ts";
import { LOGITS_AT_ONCE } from "#main/core/resources/rows-at-once.ts";

const runtime = await openRuntime({ choice: "tensorflow" });
const random = new Random(3);
const before = runtime.tensorCount();

function values(tensor: Tensor): number[] {
  const data = Array.from(tensor.dataSync());
  tensor.dispose();
  return data;
}

/** The nearest bfloat16, ties to even: the upper half of a float32. */
function rounded(value: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, value);
  const word = bits.getUint32(0);
  bits.setUint32(0, ((word + 0x7fff + ((word >>> 16) & 1)) >>> 16) << 16);
  return bits.getFloat32(0);
}

test.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])("rounds factors and product to bfloat16 (transposed: %s, %s)", (transposeA, transposeB) => {
  const [m, k, n] = [3, 16, 5];
  const a = Array.from({ length: m * k }, () => random.normal());
  const b = Array.from({ length: k * n }, () => random.normal());
  const at = (i: number, j: number): number => a[transposeA ? j * m + i : i * k + j] ?? 0;
  const bt = (i: number, j: number): number => b[transposeB ? j * k + i : i * n + j] ?? 0;
  const found = tf.tidy(() =>
    withPrecision("bfloat16", () =>
      matMul(
        tf.tensor2d(a, transposeA ? [k, m] : [m, k]),
        tf.tensor2d(b, transposeB ? [n, k] : [k, n]),
        transposeA,
        transposeB,
      ),
    ),
  );
  for (const [index, value] of values(found).entries()) {
    const [i, j] = [Math.floor(index / n), index % n];
    let sum = 0;
    for (let x = 0; x < k; x += 1) sum += rounded(at(i, x)) * rounded(bt(x, j));
    // One unit in the last of 8 bits: the order of summation may tip the rounding.
    expect(Math.abs(value - sum)).toBeLessThanOrEqual(Math.abs(sum) * 2 ** -8 + 1e-6);
  }
});

test("outside the scope products are float32's, whatever was inside", () => {
  const [x, y] = [tf.tensor2d([[1.001]]), tf.tensor2d([[1.001]])];
  expect(() =>
    withPrecision("bfloat16", () => {
      throw new Error("inside");
    }),
  ).toThrow("inside");
  expect(values(matMul(x, y))[0]).toBeCloseTo(1.002001, 6);
  expect(values(withPrecision("bfloat16", () => matMul(x, y)))).toEqual([1]);
  x.dispose();
  y.dispose();
});

test("gradients are those of float32 within bfloat16's rounding, and the loss falls as it does", () => {
  const config = tinyConfig("qwen2", { numLayers: 2 });
  const rows = randomRows(config, 4, 9, 9, 5);
  const run = (
    precision: "float32" | "bfloat16",
  ): { losses: number[]; gradients: Map<string, Float32Array> } => {
    const model = initLanguageModel(runtime, config, 4);
    const trainer = new Trainer(runtime, model, nextTokenObjective(config), {
      ...PLAIN_ADAMW,
      precision,
    });
    const inputs = [idMatrix(rows, 9), tf.ones([4, 8]), tf.scalar(32)];
    const losses: number[] = [];
    let gradients = new Map<string, Float32Array>();
    for (let step = 0; step < 20; step += 1) {
      losses.push(trainer.accumulate(inputs)[0] ?? Number.NaN);
      if (step === 0) gradients = gradientsOf(trainer.optimizer);
      trainer.apply(3e-3, step);
    }
    for (const tensor of inputs) tensor.dispose();
    trainer.dispose();
    model.dispose();
    return { losses, gradients };
  };
  const [full, half] = [run("float32"), run("bfloat16")];
  for (const [name, gradient] of full.gradients) {
    const other = half.gradients.get(name) ?? new Float32Array();
    let [difference, size] = [0, 0];
    for (const [i, value] of gradient.entries()) {
      difference += (value - (other[i] ?? 0)) ** 2;
      size += value ** 2;
    }
    expect(Math.sqrt(difference), name).toBeLessThan(0.06 * Math.sqrt(size) + 1e-7);
  }
  expect(half.losses.at(-1)).toBeLessThan((half.losses[0] ?? 0) - 0.5);
  for (const [step, loss] of full.losses.entries())
    expect(Math.abs(loss - (half.losses[step] ?? 0)), `step ${step}`).toBeLessThan(
      0.01 * (full.losses[0] ?? 0),
    );
});

test("a token that is all but certain is so in bfloat16 too, and moves as little", () => {
  // Its logit goes from 8 to 18.5, which bfloat16 rounds by up to 0.06; the other five are near 0.
  const first = Array.from({ length: 64 }, () => random.normal());
  const others = Array.from({ length: 5 }, () => first.map(() => 0.01 * random.normal()));
  const length = first.reduce((sum, x) => sum + x * x, 0);
  const output = tf.tensor2d([first, ...others]);
  const hidden = tf.tensor2d(
    Array.from({ length: 40 }, (_, i) => first.map((x) => ((8 + 0.27 * i) * x) / length)),
  );
  const targets = tf.zeros([40], "int32");
  const score = (precision: Precision, logitsAtOnce: number): readonly [number[], number[]] =>
    withPrecision(precision, () => {
      const of = (h: Tensor): Tensor =>
        tokenLogprobs(h, output, targets, 1, { logitsAtOnce }).logprobs;
      const slopes = tf.grad((h: Tensor) => tf.sum(of(h)))(hidden);
      return [values(tf.tidy(() => of(hidden))), values(slopes)];
    });
  for (const logitsAtOnce of [LOGITS_AT_ONCE, 24]) {
    const [logprobs, slopes] = score("float32", logitsAtOnce);
    const [near, nearSlopes] = score("bfloat16", logitsAtOnce);
    for (const [i, logprob] of logprobs.entries())
      expect(Math.abs((near[i] ?? Number.NaN) - logprob)).toBeLessThan(-0.08 * logprob + 1e-6);
    const apart = Math.hypot(...nearSlopes.map((slope, i) => slope - (slopes[i] ?? 0)));
    expect(apart).toBeLessThan(0.08 * Math.hypot(...slopes));
  }
  for (const tensor of [output, hidden, targets]) tensor.dispose();
});

test("nothing of all that is left in memory", () => {
  expect(runtime.tensorCount()).toBe(before);
});
