/** Recipes that begin with a set's problems, as YAML for the wizard. Pure. */
import { stringify } from "yaml";
import type { ProblemSplit } from "#shared/schema/problem.ts";
import { hasTerm, withoutTerms } from "../filter-terms.ts";

const SIDES: readonly string[] = ["split:train", "split:test"];
/** A filter on the side would stand beside the source's own. */
const withoutSide = (where: string): string => withoutTerms(where, SIDES);

export interface RecipeFrom {
  /** `NAME`, or `NAME@VERSION`. */
  readonly set: string;
  readonly where: string;
  /** A model of the workspace. */
  readonly model: string;
}

function sourceOf({ set, where }: RecipeFrom, split: ProblemSplit) {
  const filter = withoutSide(where);
  return { problems: set, split, ...(filter === "" ? {} : { where: filter }) };
}

/** A model that has never seen the tags is told of them, since only what stands in them counts as an answer. */
const TAGS =
  "Reason inside <think> and </think>, then give the final answer alone inside <answer> and </answer>.";

/** GRPO on the training side, with TRL's defaults but for what a small machine needs. */
export function grpoRecipe(from: RecipeFrom): string {
  return stringify({
    name: `GRPO on ${from.set}`,
    seed: 0,
    models: { base: from.model },
    stages: [
      {
        name: "grpo",
        kind: "grpo",
        model: "base",
        data: sourceOf(from, "train"),
        system_prompt: TAGS,
        rewards: [
          { name: "answer", weight: 1 },
          { name: "format", weight: 0.1 },
        ],
        num_generations: 8,
        generation_batch_size: 64,
        per_device_train_batch_size: 8,
        gradient_accumulation_steps: 8,
        max_steps: 100,
        max_completion_length: 256,
      },
    ],
  });
}

/** The side that a benchmark asks: the one that the filter names, else the held-out one where there is one. */
export function benchmarkSide(where: string, heldOut: number): ProblemSplit {
  if (hasTerm(where, "split:train")) return "train";
  if (hasTerm(where, "split:test")) return "test";
  return heldOut > 0 ? "test" : "train";
}

/** @param problems how many there are of the side */
export function benchmarkRecipe(from: RecipeFrom, split: ProblemSplit, problems: number): string {
  return stringify({
    name: `Benchmark on ${from.set}`,
    seed: 0,
    models: { base: from.model },
    stages: [
      {
        name: "benchmark",
        kind: "benchmark",
        model: "base",
        data: sourceOf(from, split),
        num_problems: Math.max(1, problems),
        num_samples: 4,
        temperature: 1,
        max_completion_length: 256,
        scoring: "lenient",
      },
    ],
  });
}
