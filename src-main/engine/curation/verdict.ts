/**
 * Whether a record's answer is right: by its task's own rule where the record carries a problem,
 * else by comparing with the right answer it carries.
 */
import type { RecordMessage, RecordReference, Verdict } from "#shared/schema/dataset.ts";
import { finalTurn, joinReasoning, promptOf } from "#shared/schema/record-text.ts";
import { extractAnswer } from "../rewards/extract-answer.ts";
import { scoreText } from "../rewards/score.ts";
import type { JsonValue } from "../tasks/task.ts";

export interface VerdictResult {
  readonly verdict: Verdict;
  readonly detail: string;
}

const SHOWN = 80;

/** Never throws, whatever the text and the reference hold. */
export function verdictOf(
  messages: readonly RecordMessage[],
  reference: RecordReference,
): VerdictResult {
  const { task, gold } = reference;
  if (gold === null && (task === null || reference.data === null)) {
    return { verdict: "none", detail: "no right answer is known" };
  }
  const turn = finalTurn(messages);
  if (turn === undefined) return { verdict: "wrong", detail: "there is no answer" };
  if (task !== null && reference.data !== null) {
    const found = byTask(joinReasoning(turn), promptOf(messages), { ...reference, task });
    if (found !== null) return found;
  }
  if (gold === null) return { verdict: "none", detail: "no right answer is known" };
  return byGold(joinReasoning(turn), turn.content, gold);
}

/** Null where the reference's data are not the task's. */
function byTask(
  text: string,
  prompt: string,
  reference: RecordReference & { readonly task: NonNullable<RecordReference["task"]> },
): VerdictResult | null {
  const problem = {
    id: reference.problemId ?? "",
    task: reference.task,
    difficulty: reference.difficulty ?? 0,
    prompt,
    gold: reference.gold ?? "",
    // A verifier that cannot read them throws, and the record falls back to its right answer.
    data: reference.data as JsonValue,
  };
  try {
    const { answer, correct } = scoreText(problem, text, "lenient");
    const right = reference.gold === null ? "" : `; ${short(reference.gold)} is right`;
    if (answer === null) return { verdict: "wrong", detail: `no answer was found${right}` };
    return correct
      ? { verdict: "correct", detail: `${short(answer)} is right` }
      : { verdict: "wrong", detail: `${short(answer)} is not right${right}` };
  } catch {
    return null;
  }
}

function byGold(text: string, content: string, gold: string): VerdictResult {
  const answer = extractAnswer(text) ?? boxed(content) ?? lastValue(content);
  if (answer === null)
    return { verdict: "wrong", detail: `no answer was found; ${short(gold)} is right` };
  return sameAnswer(answer, gold)
    ? { verdict: "correct", detail: `${short(answer)} is right` }
    : { verdict: "wrong", detail: `${short(answer)} is not ${short(gold)}` };
}

/** What the last \boxed{…} holds, with its braces in balance. */
function boxed(text: string): string | null {
  const start = text.lastIndexOf("\\boxed{");
  if (start === -1) return null;
  let depth = 1;
  for (let i = start + 7; i < text.length; i++) {
    if (text[i] === "{") depth++;
    if (text[i] === "}") depth--;
    if (depth === 0) return text.slice(start + 7, i).trim();
  }
  return null;
}

/** After "answer is" or "answer:", else the last number, else the whole of a short text. */
function lastValue(text: string): string | null {
  const stated = /answer(?:\s+is)?\s*:?\s*([^\n]{1,200}?)[.\s]*$/i.exec(text.slice(-2000))?.[1];
  if (stated !== undefined) return stated.replaceAll("*", "").trim();
  const number = text
    .slice(-2000)
    .match(/-?\d+(?:[.,]\d+)*(?:\/\d+)?/g)
    ?.at(-1);
  if (number !== undefined) return number;
  return text.length > 0 && text.length <= 200 ? text : null;
}

/** Equal as numbers, or as text but for case, spaces, dollar signs and a final point. */
function sameAnswer(answer: string, gold: string): boolean {
  const [a, b] = [plain(answer), plain(gold)];
  if (a === b) return true;
  const [x, y] = [numberOf(a), numberOf(b)];
  return x !== null && y !== null && x === y;
}

function plain(text: string): string {
  return text
    .normalize("NFKC")
    .replaceAll(/[\s$]|\\[()[\],!;]|\\(?:left|right|text|mathrm)\b/g, "")
    .replaceAll(/(?<=\d),(?=\d{3}(?!\d))/g, "")
    .replaceAll("−", "-")
    .replace(/\.$/, "")
    .toLowerCase();
}

function numberOf(text: string): number | null {
  const fraction = /^(-?\d+)\/(\d+)$/.exec(text);
  if (fraction !== null) {
    const value = Number(fraction[1]) / Number(fraction[2]);
    return Number.isFinite(value) ? value : null;
  }
  return /^-?(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : null;
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN - 1)}…`;
}
