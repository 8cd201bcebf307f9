/**
 * Judges many completions, each of its own problem: texts at once, code by its tests in the sandbox, answers to tasks that
 * run elsewhere by these, many at a call.
 */
import type { AnswerFormat } from "#shared/schema/stages/stage-options.ts";
import { isOutside } from "../../problems/outside/outside-task.ts";
import type { OutsideTasks } from "../../problems/outside/outside-task.ts";
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
  readonly outside: OutsideTasks;
  readonly signal: AbortSignal;
};

/** One score for each, in order. Throws what a task of one's own gets wrong (BAD_INPUT), the signal's reason. */
export async function judgeTexts(texts: readonly JudgedText[], judging: Judging): Promise<Score[]> {
  const { scoring, format } = judging;
  const elsewhere = await scoreElsewhere(
    texts.filter(({ problem }) => isOutside(problem.verifier.name)),
    judging,
  );
  return Promise.all(
    texts.map(async (one) => {
      const judged = elsewhere.get(one);
      if (judged !== undefined) return judged;
      return languageOfTests(one.problem.verifier.name) === undefined
        ? scoreText(one.problem, one.text, scoring, format)
        : scoreCode(one, judging);
    }),
  );
}

async function scoreElsewhere(
  texts: readonly JudgedText[],
  { scoring, format, outside, signal }: Judging,
): Promise<Map<JudgedText, Score>> {
  const scores = new Map<JudgedText, Score>();
  const keyOf = ({ problem }: JudgedText): string => JSON.stringify(problem.verifier);
  for (const own of Map.groupBy(texts, keyOf).values()) {
    const asked = own.flatMap((text) => {
      const answer = answerIn(text.problem, text.text, scoring, format);
      if (answer !== null) return [{ text, answer, problem: text.problem }];
      scores.set(text, { answer, correct: false, score: 0, detail: NO_ANSWER[format] });
      return [];
    });
    const [first] = asked;
    if (first === undefined) continue;
    const task = await outside.ofVerifier(first.problem.verifier);
    const verdicts = await task.verify(asked, signal);
    asked.forEach(({ text, answer }, i) => {
      const verdict = verdicts[i];
      if (verdict === undefined) throw new Error(`${task.name} left an answer without a verdict`);
      scores.set(text, { answer, ...verdict });
    });
  }
  return scores;
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
