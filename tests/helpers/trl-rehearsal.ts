/** A recipe cut to a few steps on recorded rollouts: its export for TRL in a folder, and what TRL's trainers made of it. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { z } from "zod";
import { NO_OUTSIDE } from "#main/core/problems/outside/outside-task.ts";
import { drawProblems } from "#main/core/problems/draw-problems.ts";
import { grpoBatches, grpoProblems } from "#main/core/problems/grpo-batches.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { loadTokenizer } from "#main/core/text/tokenizer.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import type { RecipeExport } from "#main/services/exports/export-part.ts";
import { exportRecipe } from "#main/services/exports/export-recipe.ts";
import { requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { seedOf } from "#main/services/runs/write-pipeline.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import { NO_SETS } from "./problem-with.ts";

const ASSETS = resolve(import.meta.dirname, "../../assets");
const FROM = { sets: NO_SETS, outside: NO_OUTSIDE };
const STEPS = 3;
/** Rows of a micro-batch, and completions of a group. */
const [ROWS, GROUP] = [8, 4];

export const PRESETS_FOLDER = join(ASSETS, "recipes");

/** The preset with few and small steps; what says how it learns is as it was. */
export function shortRecipe(preset: string): Recipe {
  const yaml = readFileSync(join(PRESETS_FOLDER, `${preset}.yaml`), "utf8");
  const whole = requireRecipe(yaml, []);
  const models = Object.entries(whole.models).map(([key, model]) => [
    key,
    model === "gradus-student" ? model : "gradus-base",
  ]);
  return {
    ...whole,
    models: Object.fromEntries(models),
    stages: whole.stages.map(shortStage),
  };
}

function shortStage(stage: Stage): Stage {
  const sizes = {
    per_device_train_batch_size: ROWS,
    max_steps: STEPS,
    bf16: false,
  };
  if (stage.kind === "sft") {
    // Every example in every step: then their order changes nothing.
    const data = "source" in stage.data ? { ...stage.data, examples: ROWS } : stage.data;
    return { ...stage, ...sizes, gradient_accumulation_steps: 1, data };
  }
  if (stage.kind === "distill")
    return { ...stage, ...sizes, gradient_accumulation_steps: 1, num_prompts: ROWS };
  if (stage.kind !== "grpo") return stage;
  const { stepsPerGeneration } = grpoBatches(stage);
  const accumulation = Math.min(2, stage.gradient_accumulation_steps);
  return {
    ...stage,
    ...sizes,
    gradient_accumulation_steps: accumulation,
    num_generations: GROUP,
    generation_batch_size: ROWS * accumulation * Math.min(2, stepsPerGeneration),
  };
}

const Result = z.object({
  steps: z.array(z.record(z.string(), z.number())),
  prompt_ids: z.array(z.array(z.int())),
  rewards: z.array(z.array(z.number().nullable())),
  distilled: z.array(
    z.object({
      rows: z.array(z.object({ prompt: z.array(z.int()), completion: z.array(z.int()) })),
      divided_by: z.int(),
    }),
  ),
});
export type TrlResult = z.infer<typeof Result>;

export interface Rehearsal {
  readonly recipe: Recipe;
  readonly folder: string;
  readonly exported: RecipeExport;
  /** Stages that TRL trains, in order. */
  readonly trained: readonly Stage[];
}

/** Writes what is exported, the built-in models where it looks for them, and what stages before it would have made. */
export async function writeRehearsal(preset: string, folder: string): Promise<Rehearsal> {
  const recipe = shortRecipe(preset);
  const exported = await exportRecipe(recipe, "trl", FROM, {
    textOf: () => {
      throw new Error("a preset has no files of its own");
    },
    endpointOf: () => undefined,
  });
  for (const { name, text } of exported.files) write(join(folder, name), text);
  for (const name of ["gradus-base", "gradus-student"])
    cpSync(join(ASSETS, "models", name), join(folder, "models", name), { recursive: true });
  for (const { name, base64 } of exported.data)
    write(join(folder, name), Buffer.from(base64, "base64"));
  const names = new Set([...exported.files, ...exported.data].map(({ name }) => name));
  const trained = recipe.stages.filter(({ name }) => names.has(`${name}.yaml`));
  const tokenizer = loadTokenizer(join(folder, "models/gradus-base"));
  for (const stage of trained) {
    if (stage.kind === "grpo") {
      const ids = rollouts(recipe, stage).flatMap(({ completions }) =>
        completions.map((text) => completionIds(tokenizer, text, stage)),
      );
      write(join(folder, `${stage.name}.rollouts.json`), JSON.stringify(ids));
    } else if (!names.has(`data/${stage.name}.parquet`))
      write(join(folder, `data/${stage.name}.jsonl`), tracesText());
  }
  return { recipe, folder, exported, trained };
}

export function readResult(folder: string, stage: string): TrlResult {
  return Result.parse(JSON.parse(readFileSync(join(folder, `${stage}.result.json`), "utf8")));
}

export interface RecordedGroup {
  readonly problem: Problem;
  readonly completions: readonly string[];
}

/** Of each prompt of the stage's few steps: right, wrong, without the form, mixed in language or too long. */
export function rollouts(recipe: Recipe, stage: GrpoStage): RecordedGroup[] {
  const supply = grpoProblems(stage, seedOf(recipe, stage), FROM);
  const { groups, stepsPerBatch } = grpoBatches(stage);
  const batches = Math.ceil(stage.max_steps / stepsPerBatch);
  return Array.from({ length: groups * batches }, (_, place) => {
    const problem = supply.at(place);
    const right = problem.solution() ?? "";
    const kinds = [
      right,
      `<think>\nno idea\n</think>\n<answer>${String(place)}</answer>`,
      `${right} and more`,
      `<think>\nда, мы считаем the sum\n</think>\n<answer>${problem.gold ?? ""}</answer>`,
      `${String(problem.gold)} `.repeat(stage.max_completion_length),
      "I do not know.",
    ];
    // A group begins elsewhere in them than the one before, and some groups are all right.
    const completions = Array.from({ length: stage.num_generations }, (__, i) =>
      place % 5 === 4 ? right : (kinds[(place + i) % kinds.length] ?? ""),
    );
    return { problem, completions };
  });
}

/** As a sampler gives them: with the token that ends, unless the limit came first. */
export function completionIds(
  tokenizer: Tokenizer,
  text: string,
  { max_completion_length: limit }: Pick<GrpoStage, "max_completion_length">,
): number[] {
  const end = tokenizer.encode("<|end|>", { addSpecialTokens: false });
  return [...tokenizer.encode(text, { addSpecialTokens: false }), ...end].slice(0, limit);
}

/** Verified solutions as a stage's data.jsonl has them. */
function tracesText(): string {
  const problems = drawProblems({
    source: { task: "arithmetic", difficulties: [3] },
    split: "train",
    seed: 5,
    count: ROWS,
  });
  return problems
    .map((problem) => {
      const answer = { role: "assistant", content: problem.solution() ?? "" };
      return `${JSON.stringify({ messages: [...problem.messages, answer] })}\n`;
    })
    .join("");
}

function write(path: string, text: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
