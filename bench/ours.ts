/**
 * Our half of one row of the speed benchmark, in a process of its own as a run's engine is. Speaks the same lines as
 * peer/peer.py: it says what it is, then answers each line with {amount, seconds, peakBytes}.
 *
 *   node bench/ours.ts ROW [MODEL FOLDER]
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { tf } from "#main/engine/runtime/tf.ts";
import type { ModelConfig } from "#main/core/formats/model-config.ts";
import { initLanguageModel, loadLanguageModel } from "#main/engine/model/language-model.ts";
import type { LanguageModel } from "#main/engine/model/language-model.ts";
import { groupAdvantages } from "#main/engine/objectives/advantages.ts";
import { samplingPrecision } from "#main/engine/sampling/decode-weights.ts";
import { Sampler } from "#main/engine/sampling/sampler.ts";
import type { SampleRequest } from "#main/engine/sampling/sampler.ts";
import { encodeChat } from "#main/core/text/templates/chat-template.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import { CriticOptions } from "#shared/schema/critic-options.ts";
import { PolicyObjective, ReferenceOptions } from "#shared/schema/policy-objective.ts";
import { PolicyTrainer } from "#main/engine/training/policy-trainer.ts";
import { hash32, Random } from "#main/platform/random.ts";
import { nextTokenTrainer, openEngine } from "./engine.ts";
import { QUESTIONS, ROWS, SIZES } from "./rows.ts";
import type { Row } from "./rows.ts";

/** 4.85M parameters; the same shape as peer.py's. */
const SMALL: ModelConfig = {
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
const FREE = { temperature: 1, top_p: 1, top_k: 0, min_p: 0, repetition_penalty: 1, stopIds: [] };

/** One measurement: what it counted, and how long that took where that is not the whole call. */
type Measure = () => Promise<{ readonly amount: number; readonly seconds?: number }>;

const [name, folder = ""] = process.argv.slice(2);
const row = ROWS.find((known) => known.name === name);
if (row === undefined) throw new Error(`no row ${name ?? ""}`);
const runtime = await openEngine();
const random = new Random(1);

function open(): LanguageModel {
  return row?.real === true
    ? loadLanguageModel(runtime, folder)
    : initLanguageModel(runtime, SMALL, 0);
}

function randomIds(model: LanguageModel, count: number): number[] {
  return Array.from({ length: count }, () => random.int(0, model.config.vocabSize - 1));
}

/** Forward, backward, clipping and AdamW. */
function training(of: Row, model: LanguageModel): Measure {
  const { rows, tokens, steps } = SIZES.training[of.real ? "real" : "small"];
  const trainer = nextTokenTrainer(runtime, model, of.ours);
  const ids = tf.tensor2d(randomIds(model, rows * (tokens + 1)), [rows, tokens + 1], "int32");
  const mask = tf.ones([rows, tokens]);
  const denominator = tf.scalar(rows * tokens);
  let step = 0;
  return () => {
    for (let i = 0; i < steps; i++) {
      trainer.accumulate([ids, mask, denominator]);
      trainer.apply(1e-4, step++);
    }
    return Promise.resolve({ amount: steps * rows * tokens });
  };
}

/** New tokens with their log-probabilities; every row runs to the end. */
function sampling(of: Row, model: LanguageModel): Measure {
  const { promptTokens, newTokens } = SIZES.sampling[of.real ? "real" : "small"];
  const rows = of.real ? Number(/-(\d+)(?:-|$)/.exec(of.name)?.[1]) : SIZES.sampling.small.rows;
  const sampler = new Sampler(runtime, model, {
    precision: samplingPrecision(runtime, of.ours === "bfloat16"),
  });
  const requests = Array.from({ length: rows }, (_, i) => ({
    promptIds: randomIds(model, promptTokens),
    seeds: [i],
  }));
  return async () => {
    const options = { ...FREE, max_completion_length: newTokens };
    const completions = await sampler.generate(requests, options);
    const tokens = completions.flat().reduce((sum, { ids }) => sum + ids.length, 0);
    if (tokens !== rows * newTokens) throw new Error(`${tokens} tokens sampled`);
    return { amount: tokens };
  };
}

/** One step: sample the groups, learn from them. Rewards are drawn, so that every row counts. */
function grpo(of: Row, model: LanguageModel): Measure {
  const { prompts, completions, newTokens, microBatch, learningRate } = SIZES.grpo;
  const tokenizer = loadTokenizer(folder);
  const precision = samplingPrecision(runtime, of.ours === "bfloat16");
  const sampler = new Sampler(runtime, model, { precision });
  const trainer = new PolicyTrainer(runtime, model, null, {
    ...PolicyObjective.parse({ importance_sampling_mode: "token_truncate" }),
    ...ReferenceOptions.parse({}),
    ...CriticOptions.parse({}),
    temperature: 1,
    max_completion_length: newTokens,
    per_device_train_batch_size: microBatch,
    adam_beta1: 0.9,
    adam_beta2: 0.999,
    adam_epsilon: 1e-8,
    weight_decay: 0,
    max_grad_norm: 1,
    bf16: of.ours === "bfloat16",
    gradient_checkpointing: false,
    usesOldLogprobs: false,
    samplerDiffers: precision !== "float32",
  });
  const asked = QUESTIONS.map((content) =>
    encodeChat(tokenizer, [{ role: "user", content }], { addGenerationPrompt: true }),
  );
  let step = 0;
  return async () => {
    const requests: SampleRequest[] = asked.slice(0, prompts).map((promptIds, i) => ({
      promptIds,
      seeds: Array.from({ length: completions }, (_, s) => hash32(step, i, s)),
    }));
    const options = { ...FREE, max_completion_length: newTokens };
    const sampled = await sampler.generate(requests, options);
    const rewards = sampled.flat().map(() => random.uniform());
    const { advantages } = groupAdvantages(rewards, {
      numGenerations: completions,
      scaleRewards: "group",
    });
    const rows = sampled.flatMap((group, g) =>
      group.map((completion, i) => ({
        promptIds: requests[g]?.promptIds ?? [],
        completionIds: completion.ids,
        finished: true,
        advantage: advantages[g * completions + i] ?? 0,
        sampledLogprobs: completion.logprobs,
      })),
    );
    trainer.step(rows, trainer.score(rows), learningRate, step++);
    return { amount: prompts * completions * newTokens };
  };
}

function load(): Measure {
  return () => {
    const begun = performance.now();
    const model = loadLanguageModel(runtime, folder);
    const seconds = (performance.now() - begun) / 1000;
    const { parameters } = model;
    model.dispose();
    return Promise.resolve({ amount: parameters, seconds });
  };
}

/** The largest resident memory of this process so far; 0 where the platform does not tell. */
function peakBytes(): number {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const status = readFileSync("/proc/self/status", "utf8");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

function measureOf(of: Row): Measure {
  if (of.name.startsWith("load")) return load();
  const model = open();
  if (of.name.startsWith("training")) return training(of, model);
  if (of.name.startsWith("sampling")) return sampling(of, model);
  return grpo(of, model);
}

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const measure = measureOf(row);
say({ what: `Gradus on TensorFlow ${runtime.version}`, threads: runtime.threads });
for await (const _ of createInterface({ input: process.stdin })) {
  const started = performance.now();
  const { amount, seconds = (performance.now() - started) / 1000 } = await measure();
  say({ amount, seconds, peakBytes: peakBytes() });
}
// TensorFlow's own exit handlers are not safe to run: end as the engine's process does.
process.kill(process.pid, "SIGKILL");
