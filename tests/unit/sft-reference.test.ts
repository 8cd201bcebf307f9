/** Supervised fine-tuning beside TRL 1.16's SFTTrainer, on the same models and rows (make.py in the fixture's folder). */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { encodeExamples } from "#main/core/examples/encode-examples.ts";
import type { Example } from "#main/core/examples/example.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import type { LanguageModel } from "#main/engine/model/language-model.ts";
import { loadLanguageModel } from "#main/engine/model/language-model.ts";
import { neftuneScale, withNeftuneNoise } from "#main/engine/objectives/neftune.ts";
import { nextTokenObjective } from "#main/engine/objectives/next-token.ts";
import { nextTokenScores } from "#main/engine/objectives/next-token-scores.ts";
import { openRuntime } from "#main/engine/runtime/open-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import { passOver, SequenceBatches } from "#main/engine/training/sequence-batches.ts";
import { Trainer } from "#main/engine/training/trainer.ts";
import { formatFixture, readTemplates } from "../fixtures/formats/read-expected.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const reference = new URL("../fixtures/reference/", import.meta.url);
const Mask = z.array(z.union([z.literal(0), z.literal(1)]));
const Row = z
  .object({ input_ids: z.array(z.int()), labels: z.array(z.int()) })
  .transform(({ input_ids: ids, labels }): Example => ({
    ids,
    mask: labels.map((label) => (label === -100 ? 0 : 1)),
  }));
const numbers = z.array(z.number());
const Expected = z.object({
  model: z.string(),
  learningRate: z.number(),
  rows: z.array(Row),
  held: z.array(Row),
  turns: z.array(z.object({ role: z.string(), content: z.string() })),
  labels: z.array(z.object({ name: z.string(), ids: z.array(z.int()), mask: Mask })),
  steps: z.array(
    z.object({
      name: z.enum(["completion", "whole", "dft"]),
      losses: numbers,
      gradNorms: numbers,
      evalLosses: numbers,
      accuracies: numbers,
    }),
  ),
  noise: z.object({
    alpha: z.number(),
    tokens: z.int(),
    width: z.int(),
    most: z.number(),
    deviation: z.number(),
    bound: z.number(),
  }),
});
const expected = Expected.parse(
  JSON.parse(readFileSync(new URL("sft/expected.json", reference), "utf8")),
);
const { learningRate, rows, held } = expected;
const runtime = await openRuntime({ choice: "tensorflow" });
const open = (): LanguageModel =>
  loadLanguageModel(
    runtime,
    fileURLToPath(new URL(`grpo-trajectories/${expected.model}/model`, reference)),
  );

const OPTIONS: Readonly<Record<string, object>> = {
  all: { assistant_only_loss: false },
  assistant: {},
  completion: { assistant_only_loss: false, completion_only_loss: true },
  both: { completion_only_loss: true },
  cut: { max_length: 24 },
};

test.each(expected.labels)(
  "the tokens that are learned are TRL's: $name",
  ({ name, ids, mask }) => {
    const [base, template] = readTemplates()["chatml marked"] ?? ["", ""];
    const folder = temporaryFolder();
    cpSync(formatFixture(base), folder, { recursive: true });
    writeFileSync(`${folder}/chat_template.jinja`, template);
    const { examples } = encodeExamples(loadTokenizer(folder), [expected.turns], {
      max_length: 1024,
      truncation_mode: "keep_start",
      mask_history: false,
      assistant_only_loss: true,
      ...OPTIONS[name],
    });
    expect(examples).toEqual([{ ids, mask }]);
  },
);

function trainerOf(
  model: LanguageModel,
  options: Parameters<typeof nextTokenObjective>[1],
): Trainer {
  return new Trainer(runtime, model, nextTokenObjective(model.config, options), {
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
    maxGradNorm: 1,
  });
}

function step(trainer: Trainer, batches: SequenceBatches, at: number): [number, number] {
  let loss = 0;
  for (const { inputs } of batches.step(at).microBatches()) {
    const tensors = inputs();
    loss += trainer.accumulate(tensors)[0] ?? Number.NaN;
    for (const tensor of tensors) tensor.dispose();
  }
  return [loss, trainer.apply(learningRate, at)];
}

const plan = { seed: 1, rows: rows.length, accumulation: 1, packing: false, maxLength: 64 };

test.each(expected.steps)(
  "losses, gradient norms and held-out measurements are TRL's: $name",
  ({ name, losses, gradNorms, evalLosses, accuracies }) => {
    const model = open();
    const lossType = name === "dft" ? "dft" : "nll";
    const learned =
      name === "whole" ? rows.map(({ ids }): Example => ({ ids, mask: ids.map(() => 1) })) : rows;
    const trainer = trainerOf(model, { lossType });
    const batches = new SequenceBatches(learned, plan);
    const evaluate = runtime.compile("evaluate", (...inputs) => [
      nextTokenScores(model.read(), model.config, inputs, lossType),
    ]);
    for (const [at, loss] of losses.entries()) {
      const made = step(trainer, batches, at);
      expect(Math.abs(made[0] - loss)).toBeLessThan(1e-3);
      const norm = gradNorms[at] ?? Number.NaN;
      expect(Math.abs(made[1] - norm)).toBeLessThan(0.01 * norm);
      const sums = [0, 0, 0, 0];
      for (const { inputs } of passOver(held, { ...plan, rowsAtOnce: 2 })) {
        const tensors = inputs();
        const [out] = evaluate(...tensors);
        out?.dataSync().forEach((value, i) => {
          sums[i] = (sums[i] ?? 0) + value;
        });
        for (const tensor of [...tensors, ...(out === undefined ? [] : [out])]) tensor.dispose();
      }
      const [nll = 0, , right = 0, tokens = 0] = sums;
      expect(Math.abs(nll / tokens - (evalLosses[at] ?? Number.NaN))).toBeLessThan(1e-3);
      expect(right / tokens).toBeCloseTo(accuracies[at] ?? Number.NaN, 5);
    }
    evaluate.dispose();
    trainer.dispose();
    model.dispose();
  },
);

test("NEFTune's noise is as large as transformers', of the row's own length, and the seed's alone", () => {
  const { alpha, tokens, width, bound, deviation } = expected.noise;
  const scale = neftuneScale(alpha, tokens, width);
  expect(scale).toBeCloseTo(bound, 6);
  const draw = (first: number): Float32Array =>
    tf.tidy(() => {
      const embedded = tf.zeros([2, tokens, width]);
      // The second row is a quarter as long: its noise is twice as large.
      const scales = tf.tensor1d([scale, neftuneScale(alpha, tokens / 4, width)]);
      const seed = tf.tensor1d([first, 2], "int32");
      return withNeftuneNoise(embedded, scales, seed).dataSync() as Float32Array;
    });
  const noise = draw(1);
  const [short, long] = [noise.slice(0, tokens * width), noise.slice(tokens * width)];
  const most = (values: Float32Array): number => Math.max(...values.map(Math.abs));
  expect(most(short)).toBeLessThanOrEqual(bound);
  expect(most(short)).toBeGreaterThan(0.98 * bound);
  expect(most(long)).toBeGreaterThan(1.9 * bound);
  const spread = Math.sqrt(short.reduce((sum, value) => sum + value * value, 0) / short.length);
  // Of 1,600 draws: the deviation of a uniform distribution, bound / √3, within three standard errors.
  expect(Math.abs(spread - deviation)).toBeLessThan(0.05 * deviation);
  expect(draw(1)).toEqual(noise);
  expect(draw(3)).not.toEqual(noise);
});

test("a step under noise is another one than without, and the same one when it is done again", () => {
  const lossOf = (alpha: number | undefined): number => {
    const model = open();
    const trainer = trainerOf(model, { noisy: alpha !== undefined });
    const noise = alpha === undefined ? {} : { noise: { alpha, width: 32, seed: 9 } };
    const [loss] = step(trainer, new SequenceBatches(rows, { ...plan, ...noise }), 0);
    trainer.dispose();
    model.dispose();
    return loss;
  };
  const [plain, noisy, again] = [lossOf(undefined), lossOf(5), lossOf(5)];
  expect(noisy).toBe(again);
  expect(Math.abs(noisy - plain)).toBeGreaterThan(1e-3);
  // Noise that is next to nothing changes next to nothing: it goes to the embeddings and nowhere else.
  expect(Math.abs(lossOf(1e-4) - plain)).toBeLessThan(1e-4);
});
