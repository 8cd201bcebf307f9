/** The very problems that a stage would draw, as rows of a data file: for training the same recipe elsewhere. */
import type { DistillStage } from "#shared/schema/stages/distill-stage.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { SftStage } from "#shared/schema/stages/sft-stage.ts";
import { deriveSeed } from "#main/platform/random.ts";
import type { ProblemMessage } from "#shared/schema/problem.ts";
import { evaluationDataOf, heldOutOf, heldOutProblems } from "./evaluation-data.ts";
import { askedMessages } from "../text/prompt-ids.ts";
import { grpoProblems } from "./grpo-batches.ts";
import type { Preparing } from "./outside/outside-problems.ts";
import { ProblemSupply } from "./problem-supply.ts";
import type { ProblemSources, SupplyOptions } from "./problem-supply.ts";
import type { Problem } from "./problem.ts";

export interface PromptRow {
  readonly prompt: readonly ProblemMessage[];
  /** The task or the problem set. */
  readonly task: string;
  readonly gold: string | null;
  /** What the task's rule needs beside the answer, as JSON. */
  readonly data: string;
  /** Of a problem set: the verifier that judges its answers, and its options as JSON. */
  readonly verifier: string;
  readonly verifier_options: string;
  /** What rewards of one's own can read by name, as JSON. */
  readonly columns: string;
}

export interface ExampleRow {
  readonly prompt: readonly ProblemMessage[];
  readonly completion: readonly ProblemMessage[];
}

/** @param seed the stage's */
export async function grpoPrompts(
  stage: GrpoStage,
  seed: number,
  count: number,
  from: ProblemSources,
): Promise<PromptRow[]> {
  const supply = grpoProblems(stage, seed, from);
  await supply.prepareStream(0, count);
  return Array.from({ length: count }, (_, index) => promptRow(supply.at(index), stage));
}

/**
 * The held-out problems that a stage is measured on. Where it is not measured: what its problem sets hold out, all of it
 * up to `most`; no rows where they hold out nothing.
 */
export async function heldOutPrompts(
  stage: GrpoStage,
  from: ProblemSources,
  most: number,
): Promise<PromptRow[]> {
  const measured = evaluationDataOf(stage);
  const sets = heldOutOf(stage.data).filter(
    (source) => "problems" in source && from.sets(source).length > 0,
  );
  if (measured === undefined && sets.length === 0) return [];
  // Each set's turn comes as often as any other's: the largest has its last one after so many.
  const largest = Math.max(
    ...sets.map((source) => ("problems" in source ? from.sets(source).length : 0)),
  );
  const count = measured === undefined ? largest * sets.length : stage.eval_problems;
  const data = measured ?? sets.map((source) => ({ ...source, weight: 1 }));
  const problems = await heldOutProblems(data, count, from);
  return problems.slice(0, most).map((problem) => promptRow(problem, stage));
}

function promptRow(problem: Problem, stage: GrpoStage): PromptRow {
  return {
    prompt: askedMessages(problem, stage),
    task: problem.source,
    gold: problem.gold,
    data: JSON.stringify(problem.data),
    verifier: problem.verifier.name,
    verifier_options: JSON.stringify(problem.verifier.options),
    columns: JSON.stringify({
      id: problem.id,
      difficulty: problem.difficulty,
      ...problem.columns,
    }),
  };
}

/** For trainers that read conversations and ask their last answer anew: it is the worked solution, or none. */
export async function askedConversations(
  stage: DistillStage,
  seed: number,
  from: ProblemSources,
): Promise<{ readonly messages: readonly ProblemMessage[] }[]> {
  const supply = new ProblemSupply(stage.data, {
    split: "train",
    seed: deriveSeed(seed, "traces"),
    ...from,
  });
  await supply.prepareDistinct(stage.num_prompts);
  return supply.distinct(stage.num_prompts).map((problem) => ({
    messages: [
      ...askedMessages(problem, stage),
      { role: "assistant" as const, content: problem.solution() ?? "?" },
    ],
  }));
}

/** Of the problems that are worked out, those that nobody did left out. */
export async function workedExamples(
  stage: Pick<SftStage, "system_prompt" | "prompt_template">,
  data: WorkedData,
  { side, seed }: { readonly side: "train" | "test"; readonly seed: number },
  from: ProblemSources,
): Promise<ExampleRow[]> {
  const problems = await problemsToWorkOut(data, { side, seed }, from);
  return problems.flatMap((problem) => workedExample(problem, stage) ?? []);
}

type WorkedData = Extract<SftStage["data"], { source: unknown }>;

/** The problems of a stage's worked examples. @param seed the stage's; held-out ones are the same for every seed */
export async function problemsToWorkOut(
  { source, examples }: WorkedData,
  { side, seed }: { readonly side: "train" | "test"; readonly seed: number },
  from: Omit<SupplyOptions, "split" | "seed">,
  how: Preparing = {},
): Promise<Problem[]> {
  const solved = { ...how, solutions: true };
  if (side === "test") return heldOutProblems(source, examples, from, solved);
  const own = deriveSeed(seed, "cold-start");
  const supply = new ProblemSupply(source, { ...from, split: side, seed: own });
  await supply.prepareDistinct(examples, solved);
  return supply.distinct(examples);
}

/** null where nobody worked the problem out. */
export function workedExample(
  problem: Problem,
  stage: Pick<SftStage, "system_prompt" | "prompt_template">,
): ExampleRow | null {
  const content = problem.solution();
  if (content === null) return null;
  return { prompt: askedMessages(problem, stage), completion: [{ role: "assistant", content }] };
}
