/**
 * Whether a record's answer is right: by its task's own rule where the record carries a problem,
 * else by comparing with the right answer it carries, as text and as mathematics.
 */
import type { RecordMessage, RecordReference, Verdict } from "#shared/schema/dataset.ts";
import { finalTurn, promptOf, withKnownTags } from "#shared/schema/record-text.ts";
import { answerRule } from "../verifiers/answers/answer-rule.ts";
import type { JudgedProblem } from "../verifiers/answers/answer-rule.ts";
import { extractAnswer } from "../verifiers/answers/extract-answer.ts";
import { plainCharacters } from "../verifiers/maths/extraction/written-characters.ts";
import { scoreText } from "../verifiers/judging/score-text.ts";
import type { JsonValue } from "#shared/schema/json-value.ts";

export interface VerdictResult {
  readonly verdict: Verdict;
  readonly detail: string;
}

const SHOWN = 80;
const MATHS = answerRule("maths");

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
    const found = byTask(withKnownTags(turn), promptOf(messages), { ...reference, task });
    if (found !== null) return found;
  }
  if (gold === null) return { verdict: "none", detail: "no right answer is known" };
  return byGold(withKnownTags(turn), turn.content, gold);
}

/** Null where the reference's data are not the task's. */
function byTask(
  text: string,
  prompt: string,
  reference: RecordReference & { readonly task: NonNullable<RecordReference["task"]> },
): VerdictResult | null {
  const problem = {
    ...asked(prompt, reference.gold, reference.task),
    id: reference.problemId ?? "",
    difficulty: reference.difficulty,
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
  const answer = extractAnswer(text) ?? MATHS.extractLenient(content) ?? shortText(content);
  if (answer === null) {
    return { verdict: "wrong", detail: `no answer was found; ${short(gold)} is right` };
  }
  return sameText(answer, gold) || isSameMaths(answer, gold)
    ? { verdict: "correct", detail: `${short(answer)} is right` }
    : { verdict: "wrong", detail: `${short(answer)} is not ${short(gold)}` };
}

function isSameMaths(answer: string, gold: string): boolean {
  return MATHS.verify(asked("", gold, "maths"), answer).correct;
}

function asked(prompt: string, gold: string | null, verifier: string): JudgedProblem {
  return {
    id: "",
    source: "",
    difficulty: null,
    messages: [{ role: "user", content: prompt }],
    prompt,
    gold,
    verifier: { name: verifier, options: {} },
    data: null,
    columns: {},
  };
}

/** A text so short that it may be the answer itself. */
function shortText(content: string): string | null {
  return content.length > 0 && content.length <= 200 ? content : null;
}

/** Equal but for case, dollar signs, a final point and spaces that part no two numbers or words: what is no formula, and most that is. */
function sameText(answer: string, gold: string): boolean {
  return plain(answer) === plain(gold);
}

function plain(text: string): string {
  return plainCharacters(text.normalize("NFC"))
    .replaceAll(/\$|\*\*/g, "")
    .trim()
    .replaceAll(/\s+/g, " ")
    .replaceAll(/(?<![\p{L}\p{N}]) | (?![\p{L}\p{N}])/gu, "")
    .replace(/\.$/, "")
    .toLowerCase();
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= SHOWN ? line : `${line.slice(0, SHOWN - 1)}…`;
}
