/**
 * Rewards: one file each, a function of a completion and its problem, or of all of a problem's completions. Whatever the
 * text, a reward gives a value in time linear in its length. They import the verifiers and the shared schemas.
 */
import type { AnswerFormat } from "#shared/schema/stages/stage-options.ts";
import type { JudgedProblem } from "../verifiers/answers/answer-rule.ts";
import type { Score } from "../verifiers/judging/score-text.ts";

export type RewardInput = {
  readonly problem: JudgedProblem;
  /** What the verifier said to the answer in the completion, strictly. */
  readonly score: Score;
  readonly answerFormat: AnswerFormat;
  /** Without the stop token. */
  readonly completionText: string;
  readonly completionTokens: number;
  /** Whether the completion ended by itself, not at the length limit. */
  readonly finished: boolean;
  readonly maxCompletionLength: number;
};

/** The completions of one problem. */
export type RewardGroup = readonly RewardInput[];

/** Null: not applicable to that completion. */
export type RewardValue = number | null;
