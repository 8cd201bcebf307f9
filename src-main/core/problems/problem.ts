/** A problem as stages ask it and rewards judge it, whether a task made it or it stands in a problem set. */
import type { JsonValue } from "#shared/schema/json-value.ts";
import type { ProblemMessage, SetProblem, VerifierSpec } from "#shared/schema/problem.ts";
import type { Random } from "#main/platform/random.ts";
import type { Task, TaskProblem, UngradedProblem } from "./task.ts";
import { formatSolution } from "./task.ts";

export type Problem = {
  /** `task/problem`, or `set/problem`. */
  readonly id: string;
  /** The task that made it, or the problem set that it stands in. */
  readonly source: string;
  /** null: nobody said how hard it is. */
  readonly difficulty: number | null;
  /** The conversation so far; it ends with a user's turn. */
  readonly messages: readonly ProblemMessage[];
  /** The last user's turn. */
  readonly prompt: string;
  /** A right answer in its canonical, readable form; null where there is none. */
  readonly gold: string | null;
  readonly verifier: VerifierSpec;
  /** What a task's `verify` needs. */
  readonly data: JsonValue;
  /** What rewards and prompt templates can read by name. */
  readonly columns: Readonly<Record<string, JsonValue>>;
  /** Of a problem set. */
  readonly tags?: readonly string[];
  /** The assistant's turn of a worked example; null where nobody worked it out. */
  readonly solution: () => string | null;
};

/** The next problem that the task makes of the random source. Throws BAD_RECIPE for a difficulty that it does not have. */
export function makeProblem(task: Task, random: Random, difficulty: number): Problem {
  if (task.verify !== null) {
    const made = task.generate(random, difficulty);
    return asked(task, made, made.gold, () => formatSolution(task.solve(made)));
  }
  const made = task.generate(random, difficulty);
  const { gold, verifier, columns } = made;
  const solution = (): string | null => {
    const worked = task.solve(made);
    return worked === null ? null : formatSolution(worked);
  };
  return { ...asked(task, made, gold, solution), verifier, columns };
}

function asked(
  task: Task,
  { id, difficulty, prompt, data }: Omit<TaskProblem, "gold">,
  gold: string | null,
  solution: () => string | null,
): Problem {
  return {
    id,
    source: task.name,
    difficulty,
    messages: [{ role: "user", content: prompt }],
    prompt,
    gold,
    verifier: { name: task.name, options: {} },
    data,
    columns: {},
    solution,
  };
}

/** @param set its name, without a version: a problem keeps its id from version to version */
export function problemOfSet(set: string, stored: SetProblem): Problem {
  const { id, difficulty, messages, gold, verifier, columns, tags, solution } = stored;
  return {
    id: `${set}/${id}`,
    source: set,
    difficulty,
    messages,
    prompt: messages.at(-1)?.content ?? "",
    gold,
    verifier,
    data: null,
    columns,
    ...(tags.length === 0 ? {} : { tags }),
    solution: () =>
      solution === null || gold === null
        ? null
        : formatSolution({ think: solution.trim(), answer: gold }),
  };
}

/** What its task's `verify` was given when it was made. */
export function taskProblemOf(problem: Omit<Problem, "solution">): UngradedProblem {
  const { id, source, prompt, gold, data } = problem;
  return { id, task: source, prompt, gold: gold ?? "", data };
}
