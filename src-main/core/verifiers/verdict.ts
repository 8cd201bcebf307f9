/** Verdicts with the words that say what was compared. */
import type { Verdict } from "./verifier.ts";

export function right(detail: string): Verdict {
  return { correct: true, score: 1, detail };
}

/** `score` is below 1: the part that is right. */
export function wrong(detail: string, score = 0): Verdict {
  return { correct: false, score, detail };
}

export const NO_GOLD = "There is no gold answer.";

const MOST_QUOTED = 60;

/** The text between quotation marks on one line, its beginning where it is long. */
export function quoted(text: string): string {
  const short = text.length > MOST_QUOTED ? `${text.slice(0, MOST_QUOTED)}…` : text;
  return `“${short.replaceAll(/\s+/gu, " ").trim()}”`;
}
