/**
 * How often each token is drawn, against the exact distribution worked out here in float64.
 * Evenly spaced uniforms make it exact: a token of probability p takes N · p of N draws, give or take the ends of its
 * interval. The sampler's own random numbers are put to a chi-square test.
 */
import { describe, expect, test } from "vitest";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import { penalizeRepetition, pickTokens } from "#main/engine/sampling/pick-tokens.ts";
import type { PickOptions } from "#main/engine/sampling/pick-tokens.ts";
import { Sampler } from "#main/engine/sampling/sampler.ts";
import { Random } from "#main/platform/random.ts";
import { nextLogits } from "../helpers/engine-forward.ts";
import { itemAt, largestDifference, tinyConfig } from "../helpers/engine-model.ts";

const runtime = await openRuntime({ choice: "tensorflow" });

const free: PickOptions = { temperature: 1, topK: 0, topP: 1, minP: 0 };

/** The distribution that transformers' warpers leave: temperature, top-k, top-p, min-p, in this order. */
function exactDistribution(
  logits: readonly number[],
  { temperature, topK, topP, minP }: PickOptions,
): number[] {
  const scaled = logits.map((x) => x / temperature);
  const top = Math.max(...scaled);
  let kept = scaled.map((x) => Math.exp(x - top));
  const byWeight = (): number[] =>
    kept.map((_, i) => i).sort((a, b) => itemAt(kept, b) - itemAt(kept, a));
  if (topK > 0) {
    const order = byWeight();
    for (const i of order.slice(topK)) kept[i] = 0;
  }
  if (topP < 1) {
    const total = kept.reduce((a, b) => a + b, 0);
    let above = 0;
    for (const i of byWeight()) {
      const weight = itemAt(kept, i);
      // A token stays while those above it do not yet make up topP.
      if (above >= topP * total) kept[i] = 0;
      above += weight;
    }
  }
  kept = kept.map((weight) => (weight >= minP ? weight : 0));
  const total = kept.reduce((a, b) => a + b, 0);
  return kept.map((weight) => weight / total);
}

function randomLogits(v: number, spread: number, seed: number): number[] {
  const random = new Random(seed);
  // Rounded to float32, which is what both sides see.
  return Array.from({ length: v }, () => Math.fround(random.normal() * spread));
}

/** Draws one token for each uniform from the same logits. */
function draw(
  logits: readonly number[],
  uniforms: Float32Array,
  options: PickOptions,
): { tokens: number[]; logprobs: number[] } {
  const pick = runtime.compile("pick", (...args) => {
    const rows = tf.tile(itemAt(args, 0), [uniforms.length, 1]);
    const { tokens, logprobs } = pickTokens(rows, itemAt(args, 1), options);
    return [tokens, logprobs];
  });
  const inputs = [tf.tensor2d([...logits], [1, logits.length]), tf.tensor1d(uniforms)];
  const [tokens, logprobs] = pick(...inputs).map((tensor) => {
    const values = Array.from(tensor.dataSync());
    tensor.dispose();
    return values;
  });
  tf.dispose(inputs);
  pick.dispose();
  return { tokens: tokens ?? [], logprobs: logprobs ?? [] };
}

function evenly(n: number): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => (i + 0.5) / n);
}

function countsOf(tokens: readonly number[], v: number): number[] {
  const counts = Array.from({ length: v }, () => 0);
  for (const token of tokens) counts[token] = (counts[token] ?? Number.NaN) + 1;
  return counts;
}

const CASES: readonly (readonly [string, PickOptions])[] = [
  ["temperature 1", free],
  ["temperature 0.6", { ...free, temperature: 0.6 }],
  ["temperature 1.7", { ...free, temperature: 1.7 }],
  ["top-k 5", { ...free, topK: 5 }],
  ["top-k 1", { ...free, topK: 1 }],
  ["top-p 0.8", { ...free, topP: 0.8 }],
  ["top-p 0.05", { ...free, topP: 0.05 }],
  ["min-p 0.1", { ...free, minP: 0.1 }],
  ["all filters", { temperature: 0.9, topK: 30, topP: 0.9, minP: 0.02 }],
];

describe.each([97, 256, 1000])("over a vocabulary of %i", (v) => {
  const n = 4000;
  const logits = randomLogits(v, 1.5, v);

  test.each(CASES)(
    "with %s every token is drawn as often as its probability says",
    (_, options) => {
      const exact = exactDistribution(logits, options);
      const { tokens, logprobs } = draw(logits, evenly(n), options);
      const counts = countsOf(tokens, v);
      counts.forEach((count, i) => {
        const p = itemAt(exact, i);
        // Each end of the token's interval may gain or lose a draw; float32 sums move it by less than one more.
        expect.soft(Math.abs(count - n * p), `token ${i}`).toBeLessThanOrEqual(p === 0 ? 0 : 2);
      });
      // Log-probabilities are those of the whole vocabulary at the temperature, whatever was filtered.
      const whole = exactDistribution(logits, { ...free, temperature: options.temperature });
      expect(
        largestDifference(
          logprobs,
          tokens.map((token) => Math.log(itemAt(whole, token))),
        ),
      ).toBeLessThan(1e-4);
    },
  );

  test("the uniforms 0 and almost 1 draw tokens that were not filtered out", () => {
    const options = { ...free, topK: 3 };
    const exact = exactDistribution(logits, options);
    const { tokens } = draw(logits, Float32Array.of(0, 1 - 2 ** -24), options);
    const possible = exact.flatMap((p, i) => (p > 0 ? [i] : []));
    expect(tokens).toEqual([possible[0], possible[2]]);
  });
});

describe("greedy", () => {
  const greedy = { ...free, temperature: 0 };

  test("takes the lowest id among equals", () => {
    const uniforms = Float32Array.of(0.99);
    const tie = randomLogits(97, 1, 3);
    tie[40] = 9;
    tie[90] = 9;
    expect(draw(tie, uniforms, greedy).tokens).toEqual([40]);
    expect(
      draw(
        Array.from({ length: 97 }, () => -2),
        uniforms,
        greedy,
      ).tokens,
    ).toEqual([0]);
  });

  test("finds the best token wherever it is", () => {
    for (const v of [2, 97, 1000]) {
      for (const best of [0, 1, Math.floor(v / 2), v - 1]) {
        const logits = randomLogits(v, 1, best);
        logits[best] = 8;
        expect(draw(logits, Float32Array.of(0.5), greedy).tokens).toEqual([best]);
      }
    }
  });
});

test("tokens that tie with the last one of top-k stay", () => {
  const logits = Array.from({ length: 97 }, (_, i) => (i < 4 ? 2 : -1));
  const { tokens } = draw(logits, evenly(400), { ...free, topK: 2 });
  expect(countsOf(tokens, 97).slice(0, 4)).toEqual([100, 100, 100, 100]);
});

test("a repetition penalty divides positive logits and multiplies negative ones, for seen tokens only", () => {
  for (const [penalty, expected] of [
    [2, [1, -4, 3, -1]],
    [0.5, [4, -1, 3, -1]],
  ] as const) {
    const logits = tf.tensor2d([2, -2, 3, -1], [1, 4]);
    const seen = tf.tensor2d([1, 1, 0, 0], [1, 4]);
    const punished = penalizeRepetition(logits, seen, penalty);
    expect(Array.from(punished.dataSync())).toEqual([...expected]);
    tf.dispose([logits, seen, punished]);
  }
});

test("completions of many seeds follow the model's distribution (chi-square)", async () => {
  const model = initLanguageModel(
    runtime,
    tinyConfig("qwen2", { numLayers: 1, initializerRange: 0.2 }),
    61,
  );
  const sampler = new Sampler(runtime, model, { maxRows: 512, tokensPerCall: 2 });
  const promptIds = [5, 9, 20];
  const n = 4096;
  const options = {
    temperature: 0.8,
    top_p: 1,
    top_k: 0,
    min_p: 0,
    repetition_penalty: 1,
    max_completion_length: 2,
    stopIds: [],
  };
  const [completions = []] = await sampler.generate(
    [{ promptIds, seeds: Array.from({ length: n }, (_, i) => i) }],
    options,
  );

  const chiSquare = (
    tokens: readonly number[],
    prefix: readonly number[],
  ): { statistic: number; degrees: number } => {
    const exact = exactDistribution(Array.from(nextLogits(runtime, model, prefix)), {
      ...free,
      temperature: 0.8,
    });
    const counts = countsOf(tokens, 97);
    let [statistic, degrees, restCount, restExpected] = [0, -1, 0, 0];
    exact.forEach((p, i) => {
      const expected = tokens.length * p;
      if (expected < 5) {
        restCount += itemAt(counts, i);
        restExpected += expected;
        return;
      }
      statistic += (itemAt(counts, i) - expected) ** 2 / expected;
      degrees++;
    });
    if (restExpected > 0) {
      statistic += (restCount - restExpected) ** 2 / restExpected;
      degrees++;
    }
    return { statistic, degrees };
  };

  // Mean d, variance 2d; four deviations are passed once in some ten thousand seeds, and the seeds are fixed.
  const first = chiSquare(
    completions.map(({ ids }) => itemAt(ids, 0)),
    promptIds,
  );
  expect(first.degrees).toBeGreaterThan(20);
  expect(first.statistic).toBeLessThan(first.degrees + 4 * Math.sqrt(2 * first.degrees));

  // And the second token, given the most frequent first one: it must not depend on the draw that chose the first.
  const counts = countsOf(
    completions.map(({ ids }) => itemAt(ids, 0)),
    97,
  );
  const common = counts.indexOf(Math.max(...counts));
  const seconds = completions
    .filter(({ ids }) => ids[0] === common)
    .map(({ ids }) => itemAt(ids, 1));
  expect(seconds.length).toBeGreaterThan(200);
  const second = chiSquare(seconds, [...promptIds, common]);
  expect(second.statistic).toBeLessThan(second.degrees + 4 * Math.sqrt(2 * second.degrees));
  sampler.dispose();
  model.dispose();
});
