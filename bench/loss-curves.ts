/**
 * The loss of SmolLM2-135M over the same steps in float32 and in bfloat16 products: the same batches of the built-in
 * base's text, the same learning rate, one process.
 *
 *   node bench/loss-curves.ts MODEL FOLDER [STEPS]
 *
 * Says each twentieth step, then the mean and the largest difference, beside how much the loss itself varies from batch
 * to batch.
 */
import { baseDocument } from "#main/core/corpus/base-corpus.ts";
import { TokenStream } from "#main/core/corpus/token-stream.ts";
import { loadLanguageModel } from "#main/engine/model/language-model.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { Random } from "#main/platform/random.ts";
import { nextTokenTrainer, openEngine } from "./engine.ts";
import type { Precision } from "#main/core/resources/precision.ts";

const ROWS = 8;
const TOKENS = 128;
const LEARNING_RATE = 5e-5;

const [folder, count = "200"] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the model's folder");
const steps = Number(count);
const runtime = await openEngine();
const tokenizer = loadTokenizer(folder);

function losses(precision: Precision): number[] {
  const model = loadLanguageModel(runtime, folder ?? "");
  const trainer = nextTokenTrainer(runtime, model, precision);
  const stream = new TokenStream(new Random(1), baseDocument, (text) => tokenizer.encode(text));
  const mask = tf.ones([ROWS, TOKENS]);
  const denominator = tf.scalar(ROWS * TOKENS);
  const all: number[] = [];
  for (let step = 0; step < steps; step++) {
    const ids = tf.tensor2d(stream.take(ROWS * (TOKENS + 1)), [ROWS, TOKENS + 1], "int32");
    const [loss = Number.NaN] = trainer.accumulate([ids, mask, denominator]);
    trainer.apply(LEARNING_RATE, step);
    ids.dispose();
    all.push(loss);
    if (step % 20 === 0 || step === steps - 1)
      console.log(`${precision} step ${String(step)}: ${loss.toFixed(4)}`);
  }
  trainer.dispose();
  model.dispose();
  return all;
}

const full = losses("float32");
const rounded = losses("bfloat16");
const differences = full.map((loss, step) => (rounded[step] ?? Number.NaN) - loss);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const tail = full.slice(-50);
const spread = Math.sqrt(mean(tail.map((loss) => (loss - mean(tail)) ** 2)));
console.log(
  `bfloat16 minus float32 over ${String(steps)} steps: mean ${mean(differences).toFixed(5)}, mean of the last 50 ${mean(differences.slice(-50)).toFixed(5)}, largest ${Math.max(...differences.map(Math.abs)).toFixed(4)}; the float32 loss itself varies by ${spread.toFixed(4)} (sd of its last 50 batches)`,
);
process.exit(0);
