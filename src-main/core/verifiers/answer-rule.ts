/** How answers are judged: by the task that made the problem, or, for imported ones, as mathematics. */
import { taskByName } from "../problems/registry.ts";
import type { GradedProblem, Task, VerifierName } from "../problems/task.ts";
import { mathsRule } from "./maths/maths-rule.ts";

export type AnswerRule = Pick<Task, "version" | "extractLenient" | "answerKey"> & {
  /** Never throws, whatever the text. */
  verify(problem: GradedProblem, answer: string): boolean;
};

export function answerRule(name: VerifierName): AnswerRule {
  if (name === "maths") return mathsRule;
  const task = taskByName(name);
  return {
    version: task.version,
    extractLenient: (text) => task.extractLenient(text),
    answerKey: (answer) => task.answerKey(answer),
    verify: (problem, answer) => task.verify({ ...problem, task: name }, answer),
  };
}
