/**
 * A verifier says whether an answer is right, and in words what it compared. One file each. None throws, whatever the
 * texts, and each is linear in them.
 */
import type { JsonValue } from "#shared/schema/json-value.ts";

/** What a problem has that its answers are judged by. */
export type Judged = {
  readonly gold: string | null;
  readonly options: Readonly<Record<string, JsonValue>>;
};

export type Verdict = {
  readonly correct: boolean;
  /** From 0 to 1; between them where a part of the answer is right. 1 exactly where `correct`. */
  readonly score: number;
  /** What was compared, e.g. `0.5 is 1/2`. */
  readonly detail: string;
};

export type Verifier = {
  readonly name: string;
  /** Grows when verdicts change: scores of different versions do not compare. */
  readonly version: string;
  /** Why no answer can be judged by this gold and these options, in words; null where one can. */
  refusal(judged: Judged): string | null;
  verify(judged: Judged, answer: string): Verdict;
  /** Judges a text that may say more than its answer; without it, `extractLenient` finds what is verified. */
  verifyText?(judged: Judged, text: string): Verdict;
  /** A lenient reading of an answer out of free text. */
  extractLenient(text: string): string | null;
  /** Equal for answers that say the same, without knowing which is right: what a majority vote counts. */
  answerKey(answer: string): string;
};
