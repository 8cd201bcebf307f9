/** Scores a completion: strictly by the form that was asked for, or leniently for models that never saw it. */
import type { AnswerFormat } from "#shared/schema/stages/stage-options.ts";
import { answerRule } from "../answers/answer-rule.ts";
import type { JudgedProblem } from "../answers/answer-rule.ts";
import { extractAs } from "../answers/answer-format.ts";

export type Scoring = "strict" | "lenient";
export type Score = {
  /** Null: there is none. */
  readonly answer: string | null;
  readonly correct: boolean;
  /** From 0 to 1; between them where a part of the answer is right. */
  readonly score: number;
  /** What was compared, in words. */
  readonly detail: string;
};

export const NO_ANSWER: { readonly [format in AnswerFormat]: string } = {
  tags: "there is no complete <answer>…</answer> after </think>",
  boxed: "there is no \\boxed{…}",
  "last-line": "there is no line",
};

/**
 * strict: the answer in its form, after the thinking. lenient: that where it exists, else the verifier's lenient reading
 * of the text (for numbers: the last one) up to where the model would begin the user's next turn.
 */
export function scoreText(
  problem: JudgedProblem,
  text: string,
  scoring: Scoring,
  format: AnswerFormat = "tags",
): Score {
  const answer = answerIn(problem, text, scoring, format);
  if (answer === null) return { answer, correct: false, score: 0, detail: NO_ANSWER[format] };
  return { answer, ...answerRule(problem.verifier.name).verify(problem, answer) };
}

/** The part of the text that is judged; null where there is none. */
export function answerIn(
  problem: Pick<JudgedProblem, "verifier">,
  text: string,
  scoring: Scoring,
  format: AnswerFormat,
): string | null {
  const formed = extractAs(format, text);
  if (formed !== null || scoring === "strict") return formed;
  return answerRule(problem.verifier.name).extractLenient(ownTurn(text));
}

/** A base model often goes on with the next question; what follows is no part of its answer. */
export function ownTurn(text: string): string {
  const next = text.search(/<\|(?:user|end|im_start|im_end|endoftext|eot_id)\|>/);
  return next === -1 ? text : text.slice(0, next);
}
