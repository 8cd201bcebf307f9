/** Held-out problems to try a model on, and what their task's verifier says to an answer. */
import type {
  PlaygroundProblem,
  PlaygroundVerdict,
  ProblemChoice,
} from "#shared/schema/playground.ts";
import type { Sandbox } from "../sandbox-port.ts";
import { judgeTexts } from "../verifiers/judging/judge-texts.ts";
import type { OutsideTasks } from "./outside/outside-task.ts";
import { ProblemSupply } from "./problem-supply.ts";
import { findTask } from "./registry.ts";
import { assertDifficulty } from "./task.ts";
import type { Problem } from "./problem.ts";

/** The same choice is the same problem. Throws BAD_RECIPE for a difficulty that the task does not have. */
export async function heldOutProblem(
  choice: ProblemChoice,
  outside: OutsideTasks,
): Promise<PlaygroundProblem> {
  const { id, prompt, gold, data } = await problemOf(choice, outside);
  return { ...choice, id, prompt, gold: gold ?? "", data };
}

export async function gradeHeldOut(
  choice: ProblemChoice,
  text: string,
  at: {
    readonly outside: OutsideTasks;
    readonly sandbox: Sandbox;
    readonly signal: AbortSignal;
  },
): Promise<PlaygroundVerdict> {
  const problem = await problemOf(choice, at.outside);
  const [strict] = await judgeTexts([{ problem, text }], {
    ...at,
    scoring: "strict",
    format: "tags",
  });
  const [lenient] = await judgeTexts([{ problem, text }], {
    ...at,
    scoring: "lenient",
    format: "tags",
  });
  return {
    answer: lenient?.answer ?? null,
    strict: strict?.correct === true,
    lenient: lenient?.correct === true,
  };
}

async function problemOf(
  { task, difficulty, seed }: ProblemChoice,
  outside: OutsideTasks,
): Promise<Problem> {
  const builtIn = findTask(task);
  if (builtIn !== undefined) assertDifficulty(builtIn, difficulty);
  const source = { task, difficulties: [difficulty] };
  const sets = (): never[] => [];
  const supply = new ProblemSupply(source, { split: "test", seed, sets, outside });
  await supply.prepareStream(0, 1);
  return supply.at(0);
}
