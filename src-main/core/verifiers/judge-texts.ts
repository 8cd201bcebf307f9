/** Judges many completions, each of its own problem. */
import type { AnswerFormat } from "#shared/schema/recipe.ts";
import type { JudgedProblem } from "./answer-rule.ts";
import { scoreText } from "./score-text.ts";
import type { Score, Scoring } from "./score-text.ts";

export type JudgedText = { readonly problem: JudgedProblem; readonly text: string };

/** One score for each, in order. */
export async function judgeTexts(
  texts: readonly JudgedText[],
  scoring: Scoring,
  format: AnswerFormat,
): Promise<Score[]> {
  return Promise.resolve(
    texts.map(({ problem, text }) => scoreText(problem, text, scoring, format)),
  );
}
