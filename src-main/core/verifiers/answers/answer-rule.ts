/** How answers are judged: by the task that made the problem, or by a verifier. */
import { AppError } from "#shared/errors.ts";
import { taskProblemOf } from "../../problems/problem.ts";
import type { Problem } from "../../problems/problem.ts";
import { isOutside } from "../../problems/outside/outside-task.ts";
import { findTask } from "../../problems/registry.ts";
import type { RuledTask, Task } from "../../problems/task.ts";
import { languageOfTests } from "../code/code-tests.ts";
import { verifierByName } from "../registry.ts";
import { textVerifier } from "../text-verifier.ts";
import { wrong } from "../verdict.ts";
import type { Verdict, Verifier } from "../verifier.ts";

/** What a rule looks at. */
export type JudgedProblem = Omit<Problem, "solution">;

export type AnswerRule = Pick<RuledTask, "version" | "extractLenient" | "answerKey"> & {
  /** Never throws, whatever the text. */
  verify(problem: JudgedProblem, answer: string): Verdict;
};

const SHOWN = 60;

/** @param name of a task or a verifier. Throws BAD_RECIPE where there is none of that name. */
export function answerRule(name: string): AnswerRule {
  const task = findTask(name);
  if (task !== undefined) return task.verify === null ? unruled(task) : ruleOfTask(task);
  if (languageOfTests(name) !== undefined) return CODE;
  if (isOutside(name)) return ELSEWHERE;
  const verifier = verifierByName(name);
  if (verifier !== undefined) return ruleOfVerifier(verifier);
  throw new AppError(
    "BAD_RECIPE",
    `There is no verifier "${name}".`,
    "The verifiers are listed in docs/rewards/verifiers.md.",
  );
}

/** Code by its tests: `judgeTexts` runs it in the sandbox, which is not waited for here. */
const CODE: AnswerRule = {
  version: "1",
  extractLenient: (text) => text.trim() || null,
  answerKey: (answer) => answer.trim(),
  verify: () => wrong("code is judged by its tests in the sandbox"),
};

/** By a task that runs elsewhere: `judgeTexts` asks it. Its version is known where it runs. */
const ELSEWHERE: AnswerRule = {
  version: "",
  extractLenient: (text) => textVerifier.extractLenient(text),
  answerKey: (answer) => textVerifier.answerKey(answer),
  verify: () => wrong("its own task judges it, which is not waited for here"),
};

function ruleOfVerifier(verifier: Verifier): AnswerRule {
  return {
    version: verifier.version,
    extractLenient: (text) => verifier.extractLenient(text),
    answerKey: (answer) => verifier.answerKey(answer),
    verify: ({ gold, verifier: { options } }, answer) => verifier.verify({ gold, options }, answer),
  };
}

function ruleOfTask(task: RuledTask): AnswerRule {
  return {
    version: task.version,
    extractLenient: (text) => task.extractLenient(text),
    answerKey: (answer) => task.answerKey(answer),
    verify: (problem, answer) =>
      verdictOf(task.verify(taskProblemOf(problem), answer), problem.gold, answer),
  };
}

/** Of problems without a right answer: nothing is right, and a judge's reward says what is good. */
function unruled(task: Task): AnswerRule {
  return {
    version: task.version,
    extractLenient: (text) => text.trim() || null,
    answerKey: (answer) => answer.trim(),
    verify: () => wrong("no rule judges it: a judge reads it by its rubric"),
  };
}

function verdictOf(correct: boolean, gold: string | null, answer: string): Verdict {
  const detail = correct
    ? `the rule accepts "${short(answer)}"`
    : `the rule rejects "${short(answer)}"${gold === null ? "" : `; right would be "${short(gold)}"`}`;
  return { correct, score: correct ? 1 : 0, detail };
}

function short(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
