/** Attention in pieces, against attention at once. */
import { expect, test } from "vitest";
import { attentionMasks, groupedAttention } from "#main/engine/model/attention.ts";
import { MASKED } from "#main/engine/model/layers.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { Tensor } from "#main/engine/runtime/tf.ts";
import { largestDifference } from "../helpers/engine-model.ts";
import { attentionPieces } from "#main/core/resources/attention-pieces.ts";

const runtime = await openRuntime({ choice: "tensorflow" });

const [B, H, K, T, h] = [2, 4, 2, 600, 8];
const GROUP = H / K;

/** Softmax of all scores together, with the keys of a group repeated: another way to write it. */
function atOnce(q: Tensor, k: Tensor, v: Tensor, first: readonly number[]): Tensor {
  const groups = tf.tensor1d(
    Array.from({ length: H }, (_, i) => Math.floor(i / GROUP)),
    "int32",
  );
  const repeated = (x: Tensor): Tensor => tf.gather(x, groups, 1);
  const scores = tf.mul(tf.matMul(q, repeated(k), false, true), 1 / Math.sqrt(h));
  const hidden = first.flatMap((from) =>
    Array.from({ length: T * T }, (_, i) => {
      const [query, key] = [Math.floor(i / T), i % T];
      return key > query || key < from ? MASKED : 0;
    }),
  );
  const mask = tf.tensor(hidden, [B, 1, T, T]);
  return tf.matMul(tf.softmax(tf.add(scores, mask)), repeated(v));
}

test.each([
  ["values and gradients of whole rows", [0, 0], [1, 2, 3]],
  // What a query that sees nothing gives back is never used.
  ["values of rows padded on the left", [0, 37], []],
] as const)("gives %s as attention at once does", (_, first, graded) => {
  expect(attentionPieces(T)).toEqual([
    { first: 0, count: 256 },
    { first: 256, count: 256 },
    { first: 512, count: 88 },
  ]);
  const random = (heads: number, seed: number): Tensor =>
    tf.randomNormal([B, heads, T, h], 0, 1, "float32", seed);
  const inputs = [random(H, 1), random(K, 2), random(K, 3), random(H, 4)];
  const of = (attend: (q: Tensor, k: Tensor, v: Tensor) => Tensor): number[][] => {
    const program = runtime.compile("attend", (...args) => {
      const [q, k, v, dy] = args as [Tensor, Tensor, Tensor, Tensor];
      const down = tf.grads((...x: Tensor[]) => attend(...(x as [Tensor, Tensor, Tensor])))(
        [q, k, v],
        dy,
      );
      return [attend(q, k, v), ...down];
    });
    const outputs = program(...inputs);
    const values = outputs.map((output) => Array.from(output.dataSync()));
    tf.dispose(outputs);
    program.dispose();
    return values;
  };
  const pieces = of((q, k, v) => {
    const earliest = tf.tensor2d([...first], [B, 1], "int32");
    return groupedAttention(q, k, v, attentionMasks(T, earliest));
  });
  const whole = of((q, k, v) => atOnce(q, k, v, first));
  // Rows before the first column see nothing: what comes of them is never used.
  const used = (values: readonly number[], heads: number): number[] =>
    values.filter((__, i) => {
      const [row, column] = [Math.floor(i / (heads * T * h)), Math.floor(i / h) % T];
      return column >= (first[row] ?? 0);
    });
  expect(largestDifference(used(pieces[0] ?? [], H), used(whole[0] ?? [], H))).toBeLessThan(1e-5);
  for (const i of graded)
    expect(largestDifference(pieces[i] ?? [], whole[i] ?? [])).toBeLessThan(1e-4);
  tf.dispose(inputs);
});
