/** Scores a benchmark's completion: strictly by the tags, or leniently for models that never saw them. */
import type { GradedProblem } from "../problems/task.ts";
import { answerRule } from "./answer-rule.ts";
import { extractAnswer } from "./extract-answer.ts";

export type Scoring = "strict" | "lenient";
export type Score = { readonly answer: string | null; readonly correct: boolean };

/**
 * strict: the answer inside the last complete answer tags after the thinking. lenient: that where it
 * exists, else the task's lenient reading of the text (for numbers: the last one) up to where the
 * model would begin the user's next turn.
 */
export function scoreText(problem: GradedProblem, text: string, scoring: Scoring): Score {
  const rule = answerRule(problem.task);
  const tagged = extractAnswer(text);
  const answer =
    tagged === null && scoring === "lenient" ? rule.extractLenient(ownTurn(text)) : tagged;
  return { answer, correct: answer !== null && rule.verify(problem, answer) };
}

/** A base model often goes on with the next question; what follows is no part of its answer. */
export function ownTurn(text: string): string {
  const next = text.search(/<\|(?:user|end|im_start|im_end|endoftext|eot_id)\|>/);
  return next === -1 ? text : text.slice(0, next);
}
