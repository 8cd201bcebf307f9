/** The very problems that a stage would draw, as rows of a data file: for training the same recipe elsewhere. */
import type { GrpoStage, SftStage } from "#shared/schema/recipe.ts";
import { deriveSeed } from "#main/platform/random.ts";
import { grpoProblem } from "./grpo-batches.ts";
import { drawProblems } from "./draw-problems.ts";
import { workedSolution } from "./task-facts.ts";

interface Message {
  readonly role: "user" | "assistant";
  readonly content: string;
}

export interface PromptRow {
  readonly prompt: readonly Message[];
  readonly task: string;
  readonly gold: string;
  /** What the task's rule needs beside the answer, as JSON. */
  readonly data: string;
}

export interface ExampleRow {
  readonly prompt: readonly Message[];
  readonly completion: readonly Message[];
}

/** @param seed the stage's */
export function grpoPrompts(stage: GrpoStage, seed: number, count: number): PromptRow[] {
  return Array.from({ length: count }, (_, index) => {
    const problem = grpoProblem(stage, seed, index);
    return {
      prompt: [{ role: "user", content: problem.prompt }],
      task: problem.task,
      gold: problem.gold,
      data: JSON.stringify(problem.data),
    };
  });
}

/** @param seed the stage's */
export function workedExamples(
  data: Extract<SftStage["data"], { source: unknown }>,
  seed: number,
  count: number,
): ExampleRow[] {
  return drawProblems({
    source: data.source,
    split: "train",
    seed: deriveSeed(seed, "cold-start"),
    count,
  }).map((problem) => ({
    prompt: [{ role: "user", content: problem.prompt }],
    completion: [{ role: "assistant", content: workedSolution(problem) }],
  }));
}
