/** How answers are judged: by the task that made the problem, or, for imported ones, as mathematics. */
import type { Problem, Task, VerifierName } from "../tasks/task.ts";
import { taskByName } from "../tasks/registry.ts";
import { mathsRule } from "./maths/maths-rule.ts";

export type AnswerRule = Pick<Task, "version" | "extractLenient" | "answerKey"> & {
  /** Never throws, whatever the text. */
  verify(problem: Problem, answer: string): boolean;
};

export function answerRule(name: VerifierName): AnswerRule {
  return name === "maths" ? mathsRule : taskByName(name);
}
