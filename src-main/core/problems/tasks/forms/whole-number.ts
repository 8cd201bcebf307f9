/** Answers that are one whole number: what is right, what is the same, and where one stands in free text. */
import type { TaskProblem } from "../../task.ts";

/** Right when the answer is the number and nothing else; spaces around it and leading zeros are forgiven. */
export function isWholeNumber(problem: Pick<TaskProblem, "gold">, answer: string): boolean {
  if (answer.length > 64) return false;
  const text = answer.trim();
  return /^-?\d{1,15}$/.test(text) && Number(text) === Number(problem.gold);
}

/** Equal for texts of the same whole number. */
export function wholeNumberKey(answer: string): string {
  const text = answer.trim();
  return /^-?\d{1,15}$/.test(text) ? String(Number(text)) : text;
}

/**
 * The last number of the text. `1,234` and `73.00` are read as people mean them; a minus sign counts
 * as a sign only where no number is before it.
 */
export function lastNumber(text: string): string | null {
  let end = text.length;
  while (end > 0 && !isDigit(text, end - 1)) end--;
  if (end === 0) return null;
  let start = end;
  while (start > 0 && (isDigit(text, start - 1) || isInnerMark(text, start - 1))) start--;
  const signed = text[start - 1] === "-" && !isDigit(text, start - 2);
  return `${signed ? "-" : ""}${plainNumber(text.slice(start, end))}`;
}

/** Without thousands commas and zeros after the point; of a list without spaces, the last number. */
function plainNumber(run: string): string {
  const whole = /^(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?$/.exec(run)?.[1];
  return whole?.replaceAll(",", "") ?? run.slice(run.lastIndexOf(",") + 1);
}

function isDigit(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 48 && code <= 57;
}

/** A point or comma between two digits. */
function isInnerMark(text: string, index: number): boolean {
  return (
    (text[index] === "." || text[index] === ",") &&
    isDigit(text, index - 1) &&
    isDigit(text, index + 1)
  );
}
