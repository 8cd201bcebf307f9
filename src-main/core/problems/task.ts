/**
 * Tasks: one file each, a seeded generator of problems with a rule that checks answers. They import
 * nothing but the shared schemas and the seeded random source.
 *
 * The assistant's form is the same in every task:
 * `<think>\n{think}\n</think>\n<answer>{answer}</answer>`, followed by the stop token.
 */
import { AppError } from "#shared/errors.ts";
import type { JsonValue } from "#shared/schema/json-value.ts";
import type { VerifierSpec } from "#shared/schema/problem.ts";
import type { TaskName } from "#shared/schema/stages/problem-data.ts";
import type { Random } from "#main/platform/random.ts";

/** A problem as its task makes it; `problemOfTask` makes it one that stages ask. */
export type TaskProblem = {
  /**
   * `task/problem`, or `task/problem/surface` where the same problem has several wordings. What the split hashes is
   * `canonical` of the second part.
   */
  readonly id: string;
  readonly task: TaskName;
  readonly difficulty: number;
  /** The user's message. */
  readonly prompt: string;
  /** A right answer in its canonical, readable form. */
  readonly gold: string;
  /** What `solve` and `verify` need. */
  readonly data: JsonValue;
};

/** What a worked solution and a verdict look at: how hard a problem is says nothing of its answer. */
export type UngradedProblem = Omit<TaskProblem, "difficulty">;

/** A problem that is not judged by its task's own rule. */
export type JudgedTaskProblem = Omit<TaskProblem, "gold"> & {
  /** Null where no answer is the right one, as in writing. */
  readonly gold: string | null;
  readonly verifier: VerifierSpec;
  /** What rewards and prompt templates can read by name. */
  readonly columns: Readonly<Record<string, JsonValue>>;
};

export type WorkedSolution = { readonly think: string; readonly answer: string };

/** What every task says of itself. */
export type TaskDescription = {
  readonly name: TaskName;
  /** Grows when problems or verdicts change: scores of different versions do not compare. */
  readonly version: string;
  readonly title: string;
  readonly description: string;
  /** What one step of difficulty means, e.g. "numbers". */
  readonly difficultyUnit: string;
  readonly difficulties: readonly number[];
  /**
   * Of the second part of a problem's id: one text for all problems that are the same problem in other dress, such as
   * 47+38 and 38+47. The split hashes it. Text that is no problem of the task is its own.
   */
  canonical(text: string): string;
};

/** A task that judges answers by a rule of its own. */
export type RuledTask = TaskDescription & {
  generate(random: Random, difficulty: number): TaskProblem;
  solve(problem: UngradedProblem): WorkedSolution;
  /** Whether the text inside the answer tags is right. Never throws, whatever the text. */
  verify(problem: UngradedProblem, answer: string): boolean;
  /** A lenient reading of an answer out of free text, for base models that never saw the tags. */
  extractLenient(text: string): string | null;
  /** Equal for answers that say the same, without knowing which is right: what a majority vote counts. */
  answerKey(answer: string): string;
};

/** A task whose problems name what judges them: a verifier that runs code, or a judge with a rubric. */
export type JudgedTask = TaskDescription & {
  readonly verify: null;
  generate(random: Random, difficulty: number): JudgedTaskProblem;
  /** Null where no rule writes an answer. */
  solve(problem: JudgedTaskProblem): WorkedSolution | null;
};

export type Task = RuledTask | JudgedTask;

/** Throws BAD_RECIPE, with the difficulties there are. */
export function assertDifficulty(task: TaskDescription, difficulty: number): void {
  if (task.difficulties.includes(difficulty)) return;
  throw new AppError(
    "BAD_RECIPE",
    `The task ${task.name} has no difficulty ${difficulty}.`,
    `Choose among ${task.difficulties.join(", ")} (${task.difficultyUnit} in a problem).`,
  );
}

/** The assistant's message for a worked solution, without the stop token. */
export function formatSolution(solution: WorkedSolution): string {
  return `<think>\n${solution.think}\n</think>\n<answer>${solution.answer}</answer>`;
}
