/** The optimizer steps that we make of what TRL was given: the same rows, rewards by our own rules, from the same weights. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readConversations } from "#main/core/examples/conversation-lines.ts";
import type { Conversation } from "#main/core/examples/conversation-lines.ts";
import { encodeExamples } from "#main/core/examples/encode-examples.ts";
import { readParquet } from "#main/core/tables/read-parquet.ts";
import { scoreCompletions } from "#main/core/rewards/scoring/score-completions.ts";
import { promptIds } from "#main/core/text/prompt-ids.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import { ReplayConfig, runGrpoReplay } from "#main/engine/commands/grpo-replay.ts";
import { loadLanguageModel } from "#main/engine/model/language-model.ts";
import { nextTokenObjective } from "#main/engine/objectives/next-token.ts";
import type { Runtime } from "#main/engine/runtime/runtime.ts";
import { DistillTrainer } from "#main/engine/training/distill-trainer.ts";
import { learningRate } from "#main/engine/training/schedule.ts";
import { SequenceBatches } from "#main/engine/training/sequence-batches.ts";
import { optimizerOf, Trainer } from "#main/engine/training/trainer.ts";
import { rewardName } from "#shared/schema/reward.ts";
import type { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import { inputWith } from "./problem-with.ts";
import { completionIds, rollouts } from "./trl-rehearsal.ts";
import type { Rehearsal, TrlResult } from "./trl-rehearsal.ts";

/** By TRL's names of what it logs. */
export type LoggedStep = Readonly<Record<string, number | null>>;

const Turn = z.object({ role: z.string(), content: z.string() });
const Line = z.object({ prompt: z.array(Turn), completion: z.array(Turn) });
const Replayed = z.object({ steps: z.array(z.record(z.string(), z.number().nullable())) });

/** A schedule as TRL has it: what it lacks of ours is listed by the export. */
function rate(stage: SftStage | DistillStage, step: number, steps: number): number {
  return learningRate({ ...stage, min_lr_ratio: 0 }, step, steps);
}

/** The rows that TRL reads: what the export wrote, or what a stage before would have. */
async function conversationsOf(folder: string, name: string): Promise<Conversation[]> {
  const file = join(folder, `data/${name}.jsonl`);
  if (existsSync(file)) return readConversations(file);
  const found: Conversation[] = [];
  for await (const row of readParquet(join(folder, `data/${name}.parquet`)).rows) {
    if ("bad" in row) throw new Error(row.bad);
    const { prompt, completion } = Line.parse(row.value);
    found.push([...prompt, ...completion]);
  }
  return found;
}

export async function supervisedSteps(
  runtime: Runtime,
  { folder }: Rehearsal,
  stage: SftStage | DistillStage,
  modelFolder: string,
): Promise<LoggedStep[]> {
  const tokenizer = loadTokenizer(modelFolder);
  const conversations = await conversationsOf(folder, stage.name);
  const { examples } = encodeExamples(tokenizer, conversations, {
    mask_history: false,
    assistant_only_loss: true,
    ...stage,
  });
  const model = loadLanguageModel(runtime, modelFolder);
  const trainer = new Trainer(runtime, model, nextTokenObjective(model.config, {}), {
    ...optimizerOf(stage),
  });
  const batches = new SequenceBatches(examples, {
    seed: 1,
    rows: stage.per_device_train_batch_size,
    accumulation: 1,
    packing: false,
    maxLength: stage.max_length,
  });
  const steps = Array.from({ length: stage.max_steps }, (_, step): LoggedStep => {
    let loss = 0;
    for (const [part, { inputs }] of batches.step(step).microBatches().entries()) {
      const tensors = inputs();
      loss += trainer.accumulate(tensors, [step, part])[0] ?? Number.NaN;
      for (const tensor of tensors) tensor.dispose();
    }
    const learning_rate = rate(stage, step, stage.max_steps);
    return { loss, grad_norm: trainer.apply(learning_rate, step), learning_rate };
  });
  trainer.dispose();
  model.dispose();
  return steps;
}

/** @param trl whose rows were sampled by its student or teacher */
export function distilledSteps(
  runtime: Runtime,
  stage: DistillStage,
  [student, teacher]: readonly [string, string],
  trl: TrlResult,
): LoggedStep[] {
  const models = [student, teacher].map((folder) => loadLanguageModel(runtime, folder));
  const [learner, other] = models;
  if (learner === undefined || other === undefined) throw new Error("two models were loaded");
  const trainer = new DistillTrainer(runtime, learner, other, stage);
  const steps = trl.distilled.map(({ rows, divided_by }, step): LoggedStep => {
    const given = rows.map((row) => ({ promptIds: row.prompt, completionIds: row.completion }));
    const learning_rate = rate(stage, step, stage.max_steps);
    const made = trainer.step(given, learning_rate, step);
    // The export lists it: TRL divides by the tokens of the data's answers.
    const learnt = given.reduce((sum, { completionIds: ids }) => sum + ids.length, 0);
    const scale = learnt / divided_by;
    return { loss: made.loss * scale, grad_norm: made.gradNorm * scale, learning_rate };
  });
  trainer.dispose();
  for (const model of models) model.dispose();
  return steps;
}

export interface PolicySteps {
  readonly steps: LoggedStep[];
  readonly promptIds: number[][];
  readonly rewards: (number | null)[][];
}

export async function policySteps(
  runtime: Runtime,
  { recipe, folder }: Rehearsal,
  stage: GrpoStage,
  modelFolder: string,
): Promise<PolicySteps> {
  const tokenizer = loadTokenizer(modelFolder);
  const groups = rollouts(recipe, stage);
  const prompts: number[][] = [];
  const rewards: (number | null)[][] = [];
  const size = stage.generation_batch_size ?? 0;
  const lines: unknown[] = [];
  for (const { problem, completions } of groups) {
    const asked = promptIds(tokenizer, problem, stage);
    const ids = completions.map((text) => completionIds(tokenizer, text, stage));
    const scored = await scoreCompletions(
      stage.rewards,
      [completions.map((text, i) => rewardInput(tokenizer, problem, text, ids[i] ?? [], stage))],
      () => Promise.reject(new Error("a preset has no rewards of its own")),
    );
    for (const [i, { parts }] of (scored[0] ?? []).entries()) {
      const values = parts.map(({ value }) => value);
      const named = parts.map(({ spec, value }) => [rewardName(spec), value]);
      lines.push({
        generation: Math.floor(lines.length / size),
        prompt_ids: asked,
        completion_ids: ids[i],
        rewards: Object.fromEntries(named),
      });
      prompts.push(asked);
      rewards.push(values);
    }
  }
  const file = (name: string): string => join(folder, `${stage.name}.${name}`);
  const options = Object.entries({ ...stage, generation_batch_size: size });
  const config = {
    ...Object.fromEntries(options.filter(([name]) => name in ReplayConfig.shape)),
    reward_weights: stage.rewards.map(({ weight }) => weight),
  };
  writeFileSync(file("ours.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  writeFileSync(file("config.json"), JSON.stringify(config));
  runGrpoReplay(runtime, {
    model: modelFolder,
    rollouts: file("ours.jsonl"),
    config: file("config.json"),
    out: file("out.json"),
  });
  const { steps } = Replayed.parse(JSON.parse(readFileSync(file("out.json"), "utf8")));
  return { steps, promptIds: prompts, rewards };
}

function rewardInput(
  tokenizer: Tokenizer,
  problem: Parameters<typeof inputWith>[0],
  text: string,
  ids: readonly number[],
  { max_completion_length: limit }: GrpoStage,
): ReturnType<typeof inputWith> {
  const finished = tokenizer.eosTokenIds.includes(ids.at(-1) ?? -1);
  const decoded = finished ? text : tokenizer.decode(ids);
  return {
    ...inputWith(problem, decoded, limit),
    completionTokens: ids.length,
    finished,
  };
}
