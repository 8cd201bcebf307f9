/** Judges many completions, each of its own problem: texts at once, code by its tests in the sandbox. */
import type { AnswerFormat } from "#shared/schema/recipe.ts";
import type { Sandbox } from "../../sandbox-port.ts";
import type { JudgedProblem } from "../answers/answer-rule.ts";
import { judgeCode, languageOfTests } from "../code/code-tests.ts";
import { answerIn, NO_ANSWER, scoreText } from "./score-text.ts";
import type { Score, Scoring } from "./score-text.ts";

export type JudgedText = { readonly problem: JudgedProblem; readonly text: string };

export type Judging = {
  readonly scoring: Scoring;
  readonly format: AnswerFormat;
  readonly sandbox: Sandbox;
  readonly signal: AbortSignal;
};

/** One score for each, in order. */
export async function judgeTexts(texts: readonly JudgedText[], judging: Judging): Promise<Score[]> {
  const { scoring, format } = judging;
  return Promise.all(
    texts.map(async (one) =>
      languageOfTests(one.problem.verifier.name) === undefined
        ? scoreText(one.problem, one.text, scoring, format)
        : scoreCode(one, judging),
    ),
  );
}

async function scoreCode(
  { problem, text }: JudgedText,
  { scoring, format, sandbox, signal }: Judging,
): Promise<Score> {
  const { name, options } = problem.verifier;
  const language = languageOfTests(name);
  const answer = answerIn(problem, text, scoring, format);
  if (answer === null || language === undefined)
    return { answer: null, correct: false, score: 0, detail: NO_ANSWER[format] };
  return { answer, ...(await judgeCode(sandbox, language, options, answer, { signal })) };
}
