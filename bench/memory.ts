/**
 * Memory predicted and measured: real stages, each in an engine process of its own as a run's is, two steps long, since
 * the peak comes within the first ones. Prints what `stageMemory` says before each beside the most that its process held.
 *
 *   npm run bench:memory -- [CONFIGURATION…] [--model FOLDER] [--json FILE]
 *
 * Configurations of the real model want SmolLM2-135M-Instruct (`gradus model get smollm2-135m-instruct`), found in the
 * default workspace or named by --model.
 */
import { NOTHING_TRIED } from "../tests/helpers/problem-with.ts";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { stageMemory } from "#main/core/resources/stage-memory.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { withLengths } from "#main/services/recipes/checks/memory-check.ts";
import { Stage } from "#shared/schema/recipe.ts";
import { runInProcess } from "./stage-process.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const BASE = here("../assets/models/gradus-base");

const STUDENT = here("../assets/models/gradus-student");

const sums = { task: "addition" as const, difficulties: [2] };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { model: { type: "string" }, json: { type: "string" } },
});
const REAL = resolve(values.model ?? join(dataFolder(), "models", "smollm2-135m-instruct"));

/** Words before every question, each a token, so that prompts have some 2,000. */
const LONG_PROMPT = " word".repeat(1970);
const TokenizerConfig = z.looseObject({ chat_template: z.string().optional() });

/** The real model under a chat template that begins with many words; a folder that goes with this process. */
function withLongPrompts(folder: string): string {
  const long = mkdtempSync(join(tmpdir(), "gradus-memory-model-"));
  process.once("exit", () => rmSync(long, { recursive: true, force: true }));
  const changed = new Set(["tokenizer_config.json", "chat_template.jinja"]);
  for (const name of readdirSync(folder))
    if (!changed.has(name)) symlinkSync(join(folder, name), join(long, name));
  const config = TokenizerConfig.parse(
    JSON.parse(readFileSync(join(folder, "tokenizer_config.json"), "utf8")),
  );
  const own = join(folder, "chat_template.jinja");
  const template = existsSync(own) ? readFileSync(own, "utf8") : (config.chat_template ?? "");
  writeFileSync(
    join(long, "tokenizer_config.json"),
    JSON.stringify({ ...config, chat_template: `${LONG_PROMPT}${template}` }),
  );
  return long;
}

interface Configuration {
  readonly name: string;
  readonly model: string;
  /** Of a distillation. */
  readonly teacher?: string;
  readonly stage: Stage;
  readonly longPrompts: boolean;
}

function configuration(
  name: string,
  model: string,
  options: object,
  longPrompts = false,
): Configuration {
  return { name, model, longPrompts, stage: Stage.parse({ ...options, name, model: "model" }) };
}

/** Rows of 8 × 128 tokens, full: several examples in a row. */
const full = {
  kind: "sft",
  data: { source: sums, examples: 200 },
  max_length: 128,
  packing: true,
  per_device_train_batch_size: 8,
  max_steps: 2,
};

const LONG_SFT = {
  kind: "sft",
  data: { source: sums, examples: 8 },
  max_length: 2100,
  per_device_train_batch_size: 2,
  max_steps: 2,
};

const LONG_GRPO = {
  kind: "grpo",
  data: sums,
  rewards: [{ name: "language" }, { name: "soft-overlong", cache_length: 40 }],
  generation_batch_size: 8,
  num_generations: 4,
  per_device_train_batch_size: 2,
  gradient_accumulation_steps: 4,
  max_completion_length: 48,
  max_steps: 2,
  bf16: true,
  // After so many equal words the model says one thing only: a group of equal rewards is not computed.
  temperature: 2,
};

/** On-policy distillation: completions that are long, and as many as make the comparison of both models' logits large. */
const GKD = {
  kind: "distill",
  method: "gkd",
  teacher: "teacher",
  data: { task: "arithmetic", difficulties: [3] },
  num_prompts: 128,
  lmbda: 1,
  per_device_train_batch_size: 64,
  max_completion_length: 256,
  max_steps: 2,
  // As in LONG_GRPO: what is unlikely does not end early.
  temperature: 4,
};

/** Of two models that ship: the student of 0.6M weights, its teacher of 2M. */
function distilled(name: string, options: object): Configuration {
  return { ...configuration(name, STUDENT, { ...GKD, ...options }), teacher: BASE };
}

const CONFIGURATIONS: readonly Configuration[] = [
  configuration("sft-135m", REAL, full),
  configuration("sft-135m-bf16", REAL, { ...full, bf16: true }),
  configuration("sft-135m-checkpointing", REAL, { ...full, gradient_checkpointing: true }),
  configuration("sft-135m-lora", REAL, { ...full, use_peft: true }),
  configuration("grpo-135m-bf16", REAL, {
    kind: "grpo",
    data: sums,
    // Rewards that differ within a group, whatever the model knows: a group of equal ones is not computed.
    rewards: [{ name: "language" }, { name: "soft-overlong", cache_length: 40 }],
    generation_batch_size: 64,
    num_generations: 8,
    per_device_train_batch_size: 16,
    gradient_accumulation_steps: 4,
    max_completion_length: 48,
    max_steps: 2,
    bf16: true,
  }),
  configuration("benchmark-135m-bf16", REAL, {
    kind: "benchmark",
    data: sums,
    num_problems: 64,
    num_samples: 4,
    max_completion_length: 48,
    bf16: true,
  }),
  configuration("sft-base", BASE, { ...full, per_device_train_batch_size: 64 }),
  // Those that the estimate's constants were not looked at with.
  configuration("sft-135m-long", REAL, {
    ...full,
    max_length: 512,
    per_device_train_batch_size: 2,
  }),
  configuration("sft-135m-lora-checkpointing", REAL, {
    ...full,
    use_peft: true,
    lora_dropout: 0,
    gradient_checkpointing: true,
    bf16: true,
  }),
  // Prompts of 2,000 tokens.
  configuration("sft-135m-2000", REAL, LONG_SFT, true),
  configuration(
    "sft-135m-2000-checkpointing",
    REAL,
    { ...LONG_SFT, gradient_checkpointing: true },
    true,
  ),
  configuration("grpo-135m-2000", REAL, LONG_GRPO, true),
  configuration(
    "grpo-135m-2000-checkpointing",
    REAL,
    { ...LONG_GRPO, gradient_checkpointing: true },
    true,
  ),
  configuration("grpo-base", BASE, {
    kind: "grpo",
    data: { task: "arithmetic", difficulties: [3] },
    generation_batch_size: 256,
    per_device_train_batch_size: 64,
    gradient_accumulation_steps: 4,
    // Short enough that most completions come to it: what ends before takes less than the estimate, which is a bound.
    max_completion_length: 24,
    max_steps: 2,
    beta: 0.02,
  }),
  distilled("gkd", {}),
  distilled("gkd-forward", { beta: 0 }),
  distilled("gkd-top-k", { loss_top_k: 32 }),
];

/** The most memory that the stage's process held, in bytes. */
async function measured({ model, teacher, stage }: Configuration): Promise<number> {
  const models = teacher === undefined ? model : { model, teacher };
  const { peakMemoryBytes } = await runInProcess(stage, models);
  return peakMemoryBytes;
}

const gib = (bytes: number): string => (bytes / 2 ** 30).toFixed(2);
const known = CONFIGURATIONS.map(({ name }) => name);
if (positionals.some((name) => !known.includes(name))) {
  console.error(`configurations: ${known.join(", ")}`);
  process.exit(2);
}
const results = [];
console.log(
  "| configuration | predicted, GiB | measured, GiB | ratio | parts, GiB |\n|---|---|---|---|---|",
);
for (const asked of CONFIGURATIONS) {
  if (positionals.length > 0 && !positionals.includes(asked.name)) continue;
  const one = asked.longPrompts ? { ...asked, model: withLongPrompts(asked.model) } : asked;
  const parts = stageMemory(
    one.stage,
    withLengths(one.stage, { model: one.model, teacher: one.teacher }, NOTHING_TRIED),
  );
  const predictedBytes = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const measuredBytes = await measured(one);
  results.push({ name: one.name, predictedBytes, measuredBytes, parts });
  const ratio = (predictedBytes / measuredBytes).toFixed(2);
  const byPart = parts.map(({ name, bytes }) => `${name} ${gib(bytes)}`).join(", ");
  console.log(
    `| ${one.name} | ${gib(predictedBytes)} | ${gib(measuredBytes)} | ${ratio} | ${byPart} |`,
  );
}
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
