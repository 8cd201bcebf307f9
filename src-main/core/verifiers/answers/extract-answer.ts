/**
 * Finds the answer in a completion, in time linear in its length and whatever the text: tags may be
 * missing, unterminated, nested or repeated.
 */

const THINK_END = "</think>";
const ANSWER_START = "<answer>";
const ANSWER_END = "</answer>";

/**
 * The text inside the last complete `<answer>…</answer>` after the first `</think>`, trimmed; null
 * where there is none.
 */
export function extractAnswer(text: string): string | null {
  const thinkEnd = text.indexOf(THINK_END);
  if (thinkEnd === -1) return null;
  const start = text.lastIndexOf(ANSWER_START, text.lastIndexOf(ANSWER_END));
  if (start < thinkEnd) return null;
  const end = text.indexOf(ANSWER_END, start);
  if (end === -1) return null;
  return text.slice(start + ANSWER_START.length, end).trim();
}
