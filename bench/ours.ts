/**
 * Our half of the speed benchmark, in a process of its own as a run's engine is. Speaks the same
 * lines as peer/peer.py: a JSON object with a benchmark's name in, tokens and seconds out.
 */
import { createInterface } from "node:readline";
import { discoverRuntime } from "#main/engine/runtime/discovery.ts";
import { openTensorFlowRuntime } from "#main/engine/runtime/tensorflow-runtime.ts";
import { tf } from "#main/engine/runtime/tf.ts";
import type { ModelConfig } from "#main/engine/checkpoint/model-config.ts";
import { initLanguageModel } from "#main/engine/model/language-model.ts";
import { nextTokenObjective } from "#main/engine/objectives/next-token.ts";
import { Sampler } from "#main/engine/sampling/sampler.ts";
import { Trainer } from "#main/engine/training/trainer.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { Random } from "#main/platform/random.ts";

const TRAIN = { rows: 64, tokens: 128, steps: 4 };
const SAMPLE = { rows: 64, promptTokens: 32, newTokens: 96 };

/** 4.85M parameters; the same shape as peer.py's. */
const CONFIG: ModelConfig = {
  architecture: "qwen2",
  vocabSize: 512,
  hiddenSize: 256,
  intermediateSize: 768,
  numLayers: 6,
  numHeads: 8,
  numKeyValueHeads: 4,
  headDim: 32,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  attentionBias: true,
  outputBias: false,
  mlpBias: false,
  qkNorm: false,
  maxPositionEmbeddings: 512,
  initializerRange: 0.02,
  rope: {
    type: "default",
    theta: 10_000,
    factor: 1,
    lowFreqFactor: 1,
    highFreqFactor: 4,
    originalMaxPositionEmbeddings: 512,
  },
  eosTokenIds: [],
  bosTokenId: null,
  padTokenId: 0,
};

const found = await discoverRuntime({ dataFolder: dataFolder(), download: false });
if (found.location === null) throw new Error(found.reason);
const runtime = openTensorFlowRuntime(found.location.dir, 0);
const model = initLanguageModel(runtime, CONFIG, 0);
const trainer = new Trainer(runtime, model, nextTokenObjective(CONFIG), {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0,
  maxGradNorm: 1,
});
const sampler = new Sampler(runtime, model);
const random = new Random(1);
const draw = (count: number): number[] => Array.from({ length: count }, () => random.int(0, 511));

const ids = tf.tensor2d(
  draw(TRAIN.rows * (TRAIN.tokens + 1)),
  [TRAIN.rows, TRAIN.tokens + 1],
  "int32",
);
const mask = tf.ones([TRAIN.rows, TRAIN.tokens]);
const denominator = tf.scalar(TRAIN.rows * TRAIN.tokens);
const prompts = Array.from({ length: SAMPLE.rows }, (_, row) => ({
  promptIds: draw(SAMPLE.promptTokens),
  seeds: [row],
}));
let steps = 0;

/** Forward, backward, clipping and AdamW on 64 rows of 128 tokens, a few times. */
function trainingStep(): number {
  for (let i = 0; i < TRAIN.steps; i++) {
    trainer.accumulate([ids, mask, denominator]);
    trainer.apply(1e-4, steps++);
  }
  return TRAIN.steps * TRAIN.rows * TRAIN.tokens;
}

/** 64 prompts of 32 tokens, 96 new tokens each, with their log-probabilities. */
async function sampling(): Promise<number> {
  const completions = await sampler.generate(prompts, {
    temperature: 1,
    top_p: 1,
    top_k: 0,
    min_p: 0,
    repetition_penalty: 1,
    max_completion_length: SAMPLE.newTokens,
    stopIds: [],
  });
  const tokens = completions.flat().reduce((sum, completion) => sum + completion.ids.length, 0);
  if (tokens !== SAMPLE.rows * SAMPLE.newTokens) throw new Error(`${tokens} tokens sampled`);
  return tokens;
}

const benchmarks: Readonly<Record<string, () => number | Promise<number>>> = {
  "training-step": trainingStep,
  sampling,
};

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

say({
  what: `Gradus on TensorFlow ${runtime.version}`,
  parameters: model.parameters,
  threads: runtime.threads,
});
for await (const line of createInterface({ input: process.stdin })) {
  const { name } = JSON.parse(line) as { readonly name: string };
  const run = benchmarks[name];
  if (run === undefined) throw new Error(`no benchmark ${name}`);
  const started = performance.now();
  const tokens = await run();
  say({ tokens, seconds: (performance.now() - started) / 1000 });
}
// TensorFlow's own exit handlers are not safe to run: end as the engine's process does.
process.kill(process.pid, "SIGKILL");
