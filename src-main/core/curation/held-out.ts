/**
 * Whether a prompt asks a problem of a task's test split. The split is a rule on the problem itself
 * (core/problems/split-of.ts), so no list is needed: a problem that is recognised in the text is looked up.
 * Knights and knaves and sums in words have too many wordings to be read back; their records are known by their id.
 */
import type { RecordReference } from "#shared/schema/dataset.ts";
import { splitOf } from "../problems/split-of.ts";

const ARITHMETIC = /^\s*what is\s+(\d{1,2}(?:\s*[+\-−]\s*\d{1,2}){1,5})\s*\??\s*$/i;
const COUNTDOWN = /numbers\s+((?:\d{1,3}(?:,\s*|\s+and\s+)?){3,5})\s*to make\s+(\d{1,4})/i;

/** The problem's id where it is held out, else null. */
export function heldOutProblem(prompt: string, reference: RecordReference): string | null {
  const ids = [
    reference.task === null ? null : reference.problemId,
    arithmeticId(prompt),
    countdownId(prompt),
  ];
  return ids.find((id) => id !== null && splitOf(id) === "test") ?? null;
}

function arithmeticId(prompt: string): string | null {
  const chain = ARITHMETIC.exec(prompt)?.[1];
  return chain === undefined
    ? null
    : `arithmetic/${chain.replaceAll(/\s/g, "").replaceAll("−", "-")}`;
}

function countdownId(prompt: string): string | null {
  const match = COUNTDOWN.exec(prompt);
  if (match === null) return null;
  const numbers = (match[1]?.match(/\d+/g) ?? []).map(Number).toSorted((a, b) => a - b);
  return `countdown/${numbers.join(",")}=${match[2] ?? ""}`;
}
