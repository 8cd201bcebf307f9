/**
 * For TRL 1.16: for each sft and grpo stage a YAML of trainer arguments, whose names are TRL's word for word, and
 * one script that runs a stage. What TRL has no counterpart for is listed.
 */
import { generationBatchSize } from "#shared/schema/generation-batch.ts";
import type { ProblemSources } from "#main/core/problems/problem-supply.ts";
import { stringify } from "yaml";
import { usesTraces } from "#shared/schema/distillation.ts";
import type { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import { heldOutSource } from "#shared/schema/stages/example-data.ts";
import type { ExampleSource } from "#shared/schema/stages/example-data.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import type { TrainingOptions } from "#shared/schema/stages/stage-options.ts";
import { plainPrompt } from "#main/core/text/prompt-ids.ts";
import { askedConversations, workedExamples } from "#main/core/problems/task-data.ts";
import type { PromptRow } from "#main/core/problems/task-data.ts";
import { ExportPart } from "./export-part.ts";
import type { OwnParts, RecipeExport } from "./export-part.ts";
import { evaluationArguments, listByAccuracy, sidesOfAll } from "./list-evaluation.ts";
import { heldOutArguments, learnedArguments, listDropped } from "./trl-examples.ts";
import { listMissingInTrl, objectiveArguments, trlPolicyTrainer } from "./trl-objective.ts";
import { trlScript } from "./trl-script.ts";
import { REWARDS_PYTHON, verifiersPython } from "./rewards-python.ts";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";

type Arguments = Record<string, unknown>;

export async function exportTrl(
  recipe: Recipe,
  from: ProblemSources,
  own: OwnParts,
): Promise<RecipeExport> {
  const part = new ExportPart(recipe, from, own);
  let trained = 0;
  for (const stage of recipe.stages) {
    if (stage.kind === "sft") await sftFiles(part, stage);
    else if (stage.kind === "grpo") await grpoFiles(part, stage);
    else if (isOnPolicy(stage)) await gkdFiles(part, stage);
    else if (stage.kind === "distill") traceFiles(part, stage);
    else {
      part.missing(stage, "kind", stage.kind, `TRL has no trainer for a ${stage.kind} stage`);
      continue;
    }
    trained += 1;
  }
  if (trained > 0) {
    part.file("train.py", trlScript(recipe.name, sidesOfAll(part), part.unmapped));
    part.file("rewards.py", REWARDS_PYTHON);
    part.file("verifiers.py", verifiersPython());
  }
  return part.whole();
}

async function sftFiles(part: ExportPart, stage: SftStage): Promise<void> {
  const own = "source" in stage.data;
  const data = `data/${stage.name}.${own ? "parquet" : "jsonl"}`;
  if (Array.isArray(stage.data)) {
    part.missing(
      stage,
      "data",
      `${stage.data.length} sources`,
      `mix its sources into ${data} first, e.g. by datasets.interleave_datasets with these weights as probabilities and stopping_strategy "all_exhausted"`,
    );
  } else if ("source" in stage.data) {
    await workedFile(part, stage, stage.data, "train", data);
  } else if ("stage" in stage.data) {
    part.missing(stage, "data.stage", stage.data.stage, `write its records to ${data} first`);
  } else {
    part.missing(stage, "data.dataset", stage.data.dataset, `copy it to ${data} first`);
  }
  listDropped(part, stage, data);
  const learned = learnedArguments(stage);
  const heldOut = await heldOutFile(part, stage);
  writeSft(part, stage, data, {
    args: {
      packing: stage.packing,
      ...learned.args,
      loss_type: stage.loss_type,
      ...(stage.neftune_noise_alpha === undefined
        ? {}
        : { neftune_noise_alpha: stage.neftune_noise_alpha }),
      ...(stage.eos_token === undefined ? {} : { eos_token: stage.eos_token }),
      ...heldOutArguments(part, stage),
    },
    ...(learned.lastAnswer ? { last_answer: true } : {}),
    ...heldOut,
  });
}

async function workedFile(
  part: ExportPart,
  stage: SftStage,
  data: Extract<ExampleSource, { source: unknown }>,
  side: "train" | "test",
  file: string,
): Promise<void> {
  const rows = await workedExamples(stage, data, { side, seed: part.seedOf(stage) }, part.from);
  part.parquet(file, { prompt: "turns", completion: "turns" }, rows);
}

/** What train.py measures on: a file of its own, or a share of the data. */
async function heldOutFile(part: ExportPart, stage: SftStage): Promise<Arguments> {
  if (stage.eval_steps === undefined) return {};
  const { test_size, early_stopping_patience } = stage;
  const source = heldOutSource(stage)?.source;
  if (source === undefined) return { test_size, early_stopping_patience };
  const file = `data/${stage.name}-eval.${"source" in source ? "parquet" : "jsonl"}`;
  if ("source" in source) await workedFile(part, stage, source, "test", file);
  else if ("stage" in source)
    part.missing(stage, "eval_data.stage", source.stage, `write its records to ${file} first`);
  else part.missing(stage, "eval_data.dataset", source.dataset, `copy it to ${file} first`);
  return { eval_data: file, early_stopping_patience };
}

/** A student of solutions: what its teacher writes is sampled beforehand, and then it is supervised fine-tuning. */
function traceFiles(part: ExportPart, stage: DistillStage): void {
  const data = `data/${stage.name}.jsonl`;
  part.missing(
    stage,
    "teacher",
    typeof stage.teacher === "string" ? stage.teacher : stage.teacher.endpoint,
    `TRL samples no solutions beforehand: write the stage's own data.jsonl to ${data} first`,
  );
  listDropped(part, stage, data);
  writeSft(part, stage, data, {
    args: { packing: false, completion_only_loss: true },
    last_answer: true,
  });
}

function writeSft(
  part: ExportPart,
  stage: SftStage | DistillStage,
  data: string,
  { args, ...more }: { readonly args: Arguments; readonly [key: string]: unknown },
): void {
  write(part, stage, {
    trainer: "sft",
    model: part.modelPath(stage.model, stage),
    data,
    ...adapter(stage),
    args: {
      ...trainingArguments(part, stage),
      num_train_epochs: stage.num_train_epochs,
      max_length: stage.max_length,
      ...(stage.truncation_mode === "drop" ? {} : { truncation_mode: stage.truncation_mode }),
      ...args,
    },
    ...more,
  });
}

type OnPolicyStage = DistillStage & { readonly teacher: string };

function isOnPolicy(stage: Stage): stage is OnPolicyStage {
  return stage.kind === "distill" && stage.method === "gkd" && typeof stage.teacher === "string";
}

/** TRL's GKDTrainer, of trl.experimental. */
async function gkdFiles(part: ExportPart, stage: OnPolicyStage): Promise<void> {
  const data = `data/${stage.name}.${usesTraces(stage) ? "jsonl" : "parquet"}`;
  const lacks = (key: keyof OnPolicyStage, value: string | number | boolean, why: string): void => {
    part.missing(stage, key, value, why);
  };
  if (usesTraces(stage))
    lacks(
      "num_generations",
      stage.num_generations,
      `TRL samples no solutions beforehand: write the stage's own data.jsonl to ${data} first`,
    );
  else {
    const seed = part.seedOf(stage);
    part.parquet(data, { messages: "turns" }, await askedConversations(stage, seed, part.from));
    lacks(
      "lmbda",
      stage.lmbda,
      "TRL divides a step's loss by the tokens of the data's answers, not of those that are sampled: its losses and gradients differ by that factor",
    );
  }
  if (usesTraces(stage)) listDropped(part, stage, data);
  if (stage.prompt_template === "r1-zero")
    lacks("prompt_template", "r1-zero", "GKDTrainer writes its prompts by the chat template");
  for (const [name, off] of [
    ["top_p", 1],
    ["top_k", 0],
    ["min_p", 0],
    ["repetition_penalty", 1],
  ] as const)
    if (stage[name] !== off)
      lacks(name, stage[name], "GKDTrainer samples from the whole distribution");
  if (stage.loss_top_k > 0) lacks("loss_top_k", stage.loss_top_k, "GKDTrainer compares all tokens");
  write(part, stage, {
    trainer: "gkd",
    model: part.modelPath(stage.model, stage),
    teacher: part.modelPath(stage.teacher, stage),
    data,
    ...adapter(stage),
    args: {
      ...trainingArguments(part, stage),
      num_train_epochs: stage.num_train_epochs,
      max_length: stage.max_length,
      lmbda: stage.lmbda,
      beta: stage.beta,
      seq_kd: stage.seq_kd,
      temperature: stage.temperature,
      max_new_tokens: stage.max_completion_length,
      disable_dropout: stage.disable_dropout,
      teacher_model_init_kwargs: { dtype: "float32" },
    },
  });
}

const PROMPT_COLUMNS = {
  prompt: "turns",
  task: "text",
  gold: "text",
  data: "text",
  verifier: "text",
  verifier_options: "text",
  columns: "text",
} as const;

async function grpoFiles(part: ExportPart, stage: GrpoStage): Promise<void> {
  const data = `data/${stage.name}.parquet`;
  const heldOut = `data/${stage.name}-test.parquet`;
  const rows = await part.promptsOf(stage);
  const tested = await part.heldOutOf(stage, rows);
  promptFile(part, stage, data, rows);
  if (tested.length > 0) promptFile(part, stage, heldOut, tested);
  part.languageCountsAsZero(stage);
  const rewards = rewardsOf(part, stage);
  listByAccuracy(
    part,
    stage,
    "TRL measures the rewards on the held-out problems, not the accuracy: set it with metric_for_best_model eval_reward",
  );
  const trainer = trlPolicyTrainer(stage);
  listMissingInTrl(part, stage, trainer);
  write(part, stage, {
    trainer,
    model: part.modelPath(stage.model, stage),
    data,
    ...(tested.length > 0 ? { eval_data: heldOut } : {}),
    ...adapter(stage),
    rewards: rewards.map(({ spec }) => spec),
    args: {
      ...trainingArguments(part, stage),
      num_generations: stage.num_generations,
      generation_batch_size: generationBatchSize(stage),
      num_iterations: stage.num_iterations,
      reward_weights: rewards.map(({ weight }) => weight),
      ...objectiveArguments(stage, trainer),
      temperature: stage.temperature,
      top_p: stage.top_p,
      top_k: stage.top_k,
      min_p: stage.min_p,
      repetition_penalty: stage.repetition_penalty,
      max_completion_length: stage.max_completion_length,
      // The file is in the order of the run.
      shuffle_dataset: false,
      ...(tested.length > 0 ? evaluationArguments(stage) : {}),
    },
  });
}

function promptFile(
  part: ExportPart,
  stage: GrpoStage,
  file: string,
  rows: readonly PromptRow[],
): void {
  const plain = rows.map(({ prompt }) => plainPrompt(prompt, stage));
  const isPlain = plain.some((text) => text !== null);
  part.parquet(
    file,
    isPlain ? { ...PROMPT_COLUMNS, prompt: "text" } : PROMPT_COLUMNS,
    rows.map((row, i) => ({ ...row, prompt: plain[i] ?? row.prompt })),
  );
}

interface WrittenReward {
  readonly spec: Arguments;
  readonly weight: number;
}

/** As train.py reads them, with their weights; `soft-overlong` is TRL's own. */
function rewardsOf(part: ExportPart, stage: GrpoStage): WrittenReward[] {
  return stage.rewards.flatMap((reward): WrittenReward[] => {
    if ("name" in reward && (reward.name === "soft-overlong" || reward.name === "soft_overlong")) {
      const limit = stage.max_completion_length;
      const cache = "cache_length" in reward ? reward.cache_length : undefined;
      const spec = {
        name: "soft-overlong",
        max_completion_len: limit,
        soft_punish_cache: cache ?? Math.max(1, Math.round(0.2 * limit)),
      };
      return [{ spec, weight: reward.weight }];
    }
    const exported = part.reward(stage, reward);
    if (exported === undefined) return [];
    const { name, weight, options, file } = exported;
    return [{ spec: { name, ...options, ...(file === undefined ? {} : { file }) }, weight }];
  });
}

/** Shared by the trainers: transformers' TrainingArguments. */
function trainingArguments(
  part: ExportPart,
  stage: (SftStage | GrpoStage | DistillStage) & Omit<TrainingOptions, "num_train_epochs">,
): Arguments {
  return {
    output_dir: `out/${stage.name}`,
    seed: part.seedOf(stage) % 2 ** 32,
    learning_rate: stage.learning_rate,
    ...schedule(part, stage),
    warmup_steps: stage.warmup_steps,
    per_device_train_batch_size: stage.per_device_train_batch_size,
    gradient_accumulation_steps: stage.gradient_accumulation_steps,
    max_steps: stage.max_steps,
    weight_decay: stage.weight_decay,
    adam_beta1: stage.adam_beta1,
    adam_beta2: stage.adam_beta2,
    adam_epsilon: stage.adam_epsilon,
    max_grad_norm: stage.max_grad_norm,
    save_steps: stage.save_steps,
    save_total_limit: stage.save_total_limit,
    logging_steps: 1,
    gradient_checkpointing: stage.gradient_checkpointing,
    bf16: stage.bf16,
    // Else the weights are trained in what the file has, which may be float16.
    model_init_kwargs: { dtype: "float32" },
  };
}

/** As peft's LoraConfig has it; TRL's own names are those of its command line. */
function adapter(stage: SftStage | GrpoStage | DistillStage): Arguments {
  if (!stage.use_peft) return {};
  return {
    peft: {
      r: stage.lora_r,
      lora_alpha: stage.lora_alpha,
      lora_dropout: stage.lora_dropout,
      target_modules: stage.lora_target_modules,
      use_rslora: stage.use_rslora,
      task_type: "CAUSAL_LM",
    },
  };
}

/** A floor under the rate is a schedule of its own in transformers, and so is a constant rate that is warmed up to. */
function schedule(part: ExportPart, stage: SftStage | GrpoStage | DistillStage): Arguments {
  const { lr_scheduler_type: type, min_lr_ratio: floor } = stage;
  if (type === "constant")
    return { lr_scheduler_type: stage.warmup_steps > 0 ? "constant_with_warmup" : type };
  const { num_cycles = 1, num_decay_steps } = stage.lr_scheduler_kwargs ?? {};
  if (type === "warmup_stable_decay") {
    const steps = num_decay_steps ?? Math.ceil(stage.max_steps / 10);
    if (steps <= 0)
      part.missing(
        stage,
        "lr_scheduler_kwargs",
        null,
        "transformers wants num_decay_steps said where epochs say how many steps there are",
      );
    return {
      lr_scheduler_type: type,
      lr_scheduler_kwargs: { num_decay_steps: Math.max(1, steps), min_lr_ratio: floor },
    };
  }
  if (type === "cosine_with_restarts" && floor === 0)
    return { lr_scheduler_type: type, lr_scheduler_kwargs: { num_cycles } };
  if (floor === 0) return { lr_scheduler_type: type };
  if (type === "cosine")
    return {
      lr_scheduler_type: "cosine_with_min_lr",
      lr_scheduler_kwargs: { min_lr_rate: floor },
    };
  part.missing(stage, "min_lr_ratio", floor, `transformers' ${type} schedule always ends at 0`);
  return { lr_scheduler_type: type };
}

function write(
  part: ExportPart,
  stage: SftStage | GrpoStage | DistillStage,
  config: Arguments,
): void {
  // Python reads YAML 1.1, where 1e-8 is a word and 1.0e-8 a number.
  const text = stringify(config, { lineWidth: 0 }).replaceAll(/: (-?\d+)e([-+])/gu, ": $1.0e$2");
  part.file(`${stage.name}.yaml`, text);
}
