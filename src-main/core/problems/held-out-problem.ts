/** Held-out problems to try a model on, and what their task's verifier says to an answer. */
import type {
  PlaygroundProblem,
  PlaygroundVerdict,
  ProblemChoice,
} from "#shared/schema/playground.ts";
import { scoreText } from "../verifiers/judging/score-text.ts";
import { taskByName } from "./registry.ts";
import { problemStream } from "./draw-problems.ts";
import { assertDifficulty } from "./task.ts";
import type { Problem } from "./problem.ts";

/** The same choice is the same problem. Throws BAD_RECIPE for a difficulty that the task does not have. */
export function heldOutProblem(choice: ProblemChoice): PlaygroundProblem {
  const { id, prompt, gold, data } = problemOf(choice);
  return { ...choice, id, prompt, gold: gold ?? "", data };
}

export function gradeHeldOut(choice: ProblemChoice, text: string): PlaygroundVerdict {
  const problem = problemOf(choice);
  const lenient = scoreText(problem, text, "lenient");
  return {
    answer: lenient.answer,
    strict: scoreText(problem, text, "strict").correct,
    lenient: lenient.correct,
  };
}

function problemOf({ task, difficulty, seed }: ProblemChoice): Problem {
  assertDifficulty(taskByName(task), difficulty);
  const source = { task, difficulties: [difficulty] };
  return problemStream({ source, split: "test", seed, index: 0 });
}
