/** What a model computes for a row depends on that row alone: not on its batch, its padding or its packing. */
import { describe, expect, test } from "vitest";
import { lastLogits } from "#main/engine/commands/logits.ts";
import { inverseFrequencies } from "#main/engine/model/layers.ts";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { hiddenOf, logprobsOf, nextLogits, randomRows } from "../helpers/engine-forward.ts";
import { ARCHITECTURES, itemAt, largestDifference, tinyConfig } from "../helpers/engine-model.ts";

const runtime = await openRuntime({ choice: "tensorflow" });

describe.each(ARCHITECTURES)("a %s model", (architecture) => {
  const config = tinyConfig(architecture);
  const model = initLanguageModel(runtime, config, 5);
  const rows = randomRows(config, 8, 12, 12, 1);

  test("gives a batch of 8 what it gives 8 batches of 1", () => {
    const together = hiddenOf(runtime, model, rows);
    rows.forEach((row, i) => {
      const alone = itemAt(hiddenOf(runtime, model, [row]), 0);
      expect(largestDifference(alone, itemAt(together, i))).toBeLessThan(1e-5);
    });
  });

  test("gives padded rows what it gives unpadded ones", () => {
    const ragged = rows.map((row, i) => row.slice(0, 3 + i));
    const padded = hiddenOf(runtime, model, [...ragged, randomRows(config, 1, 30, 30, 2)[0] ?? []]);
    ragged.forEach((row, i) => {
      const alone = itemAt(hiddenOf(runtime, model, [row]), 0);
      expect(largestDifference(alone, itemAt(padded, i))).toBeLessThan(1e-5);
    });
  });

  test("gives packed rows what it gives separate ones", () => {
    const parts = randomRows(config, 3, 4, 9, 3);
    const packed = parts.flat();
    const layout = {
      positions: [parts.flatMap((part) => part.map((_, t) => t))],
    };
    const together = itemAt(hiddenOf(runtime, model, [packed], layout), 0);
    let from = 0;
    for (const part of parts) {
      const alone = itemAt(hiddenOf(runtime, model, [part]), 0);
      const to = from + alone.length;
      expect(largestDifference(alone, together.slice(from, to))).toBeLessThan(1e-5);
      from = to;
    }
    // The positions are what keeps them apart: without them the second part sees the first.
    const unmarked = itemAt(hiddenOf(runtime, model, [packed]), 0);
    expect(largestDifference(unmarked, together)).toBeGreaterThan(0.01);
  });

  test("does not see the future", () => {
    const row = itemAt(rows, 0);
    const changed = row.map((id, t) => (t < 6 ? id : (id % 90) + 3));
    const [before, after] = hiddenOf(runtime, model, [row, changed]);
    const upTo = 6 * config.hiddenSize;
    expect(largestDifference(before?.slice(0, upTo) ?? [], after?.slice(0, upTo) ?? [])).toBe(0);
    expect(largestDifference(before ?? [], after ?? [])).toBeGreaterThan(0.01);
  });

  test("gives token log-probabilities that are the log-softmax of its logits", () => {
    const row = itemAt(rows, 1);
    const scored = itemAt(logprobsOf(runtime, model, [row], 0.7), 0);
    for (const t of [0, 5, 10]) {
      const logits = Float64Array.from(
        nextLogits(runtime, model, row.slice(0, t + 1)),
        (x) => x / 0.7,
      );
      const top = Math.max(...logits);
      const normalizer = top + Math.log(logits.reduce((sum, x) => sum + Math.exp(x - top), 0));
      expect(itemAt(scored, t)).toBeCloseTo(itemAt(logits, itemAt(row, t + 1)) - normalizer, 4);
    }
  });
});

test("logits of one token and of the same token before others agree with the command's", () => {
  const model = initLanguageModel(runtime, tinyConfig("qwen3"), 9);
  for (const ids of [[7], [7, 11, 13]]) {
    expect(
      largestDifference(lastLogits(runtime, model, ids), nextLogits(runtime, model, ids)),
    ).toBeLessThan(1e-5);
  }
});

test("two models of one seed are equal, and of two seeds are not", () => {
  const config = tinyConfig();
  const [a, b, c] = [3, 3, 4].map((seed) => initLanguageModel(runtime, config, seed));
  const name = "model.layers.1.mlp.up_proj.weight";
  const valuesOf = (model: typeof a): Float32Array =>
    model?.variables.get(name)?.data() ?? new Float32Array();
  expect(largestDifference(valuesOf(a), valuesOf(b))).toBe(0);
  expect(largestDifference(valuesOf(a), valuesOf(c))).toBeGreaterThan(0.1);
});

describe("rotary frequencies", () => {
  // headDim 4, theta 100: 100^0 = 1 and 100^(-2/4) = 0.1.
  const rope = tinyConfig().rope;

  test("of the default type are theta^(-2i/d)", () => {
    const [first, second] = inverseFrequencies(4, { ...rope, theta: 100 });
    expect(first).toBe(1);
    expect(second).toBeCloseTo(0.1, 12);
  });

  test("of the linear type are divided by the factor", () => {
    const [first, second] = inverseFrequencies(4, {
      ...rope,
      theta: 100,
      type: "linear",
      factor: 4,
    });
    expect(first).toBe(0.25);
    expect(second).toBeCloseTo(0.025, 12);
  });

  test("of the llama3 type are kept where fast, divided where slow and blended between", () => {
    // Wavelengths 2π ≈ 6.28 and 62.8; with 40 original positions and factors 1 and 4 the bounds are 10 and 40:
    // the first is kept, the second divided by 8. At theta 25 the second has f = 0.2, wavelength 31.4, and
    // smooth = (40 / 31.415927 − 1) / 3 = 0.09107985: f' = (1 − s) · 0.025 + s · 0.2 = 0.04093897.
    const llama3 = {
      ...rope,
      type: "llama3",
      factor: 8,
      lowFreqFactor: 1,
      highFreqFactor: 4,
      originalMaxPositionEmbeddings: 40,
    } as const;
    const [kept, divided] = inverseFrequencies(4, { ...llama3, theta: 100 });
    expect(kept).toBe(1);
    expect(divided).toBeCloseTo(0.0125, 12);
    const [, blended] = inverseFrequencies(4, { ...llama3, theta: 25 });
    expect(blended).toBeCloseTo(0.04093897, 7);
  });
});
