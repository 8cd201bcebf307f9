/**
 * The form of a record's last turn: reasoning, then an answer; where the answer uses tags, exactly
 * one <answer>…</answer> and nothing beside it (the form that the format reward asks for). And its
 * repair, which loses no text but stray tags.
 */
import type { FormatProblem, RecordMessage } from "#shared/schema/dataset.ts";
import { finalTurn, splitReasoning, withFinalTurn } from "#shared/schema/record-text.ts";

const THINK = /<\/?think(?:ing)?>/g;
const OPEN = "<answer>";
const CLOSE = "</answer>";

export function formatProblems(messages: readonly RecordMessage[]): FormatProblem[] {
  const turn = finalTurn(messages);
  if (turn === undefined) return ["no-assistant-turn"];
  const problems: FormatProblem[] = [];
  const { reasoning, content } = turn;
  if (reasoning === null || reasoning.trim() === "") problems.push("no-reasoning");
  if (content.replace(OPEN, "").replace(CLOSE, "").trim() === "") problems.push("no-answer");
  if (`${reasoning ?? ""}${content}`.search(THINK) !== -1) problems.push("stray-think-tags");
  const opened = count(content, OPEN);
  const closed = count(content, CLOSE);
  if (opened > 1 || closed > 1) problems.push("several-answers");
  else if (opened !== closed) problems.push("answer-not-closed");
  else if (opened === 1 && around(content) !== "") problems.push("text-around-answer");
  return problems;
}

/** The record in its right form, as far as it can be had; the same array where nothing changed. */
export function repairFormat(messages: readonly RecordMessage[]): readonly RecordMessage[] {
  const turn = finalTurn(messages);
  if (turn === undefined || formatProblems(messages).length === 0) return messages;
  let { reasoning, content } = divided(turn);
  reasoning = reasoning?.replaceAll(THINK, "").trim() ?? null;
  content = content.replaceAll(THINK, "").trim();
  const tagged = lastAnswer(content);
  if (tagged !== null) {
    // What stood beside the answer is reasoning; the model trains on the form alone.
    if (tagged.rest !== "") {
      reasoning = [reasoning ?? "", tagged.rest].filter((part) => part !== "").join("\n");
    }
    content = `${OPEN}${tagged.answer}${CLOSE}`;
  }
  if (reasoning === turn.reasoning && content === turn.content) return messages;
  return withFinalTurn(messages, { reasoning, content });
}

/** Where the tags were never closed: reasoning goes up to the answer's tag. */
function divided(turn: RecordMessage): Pick<RecordMessage, "reasoning" | "content"> {
  const { reasoning, content } = turn;
  const blank = reasoning === null || reasoning.trim() === "";
  if (blank && content.includes("</think")) {
    const parts = splitReasoning(content);
    if (parts.reasoning !== null) return parts;
  }
  const answer = content.lastIndexOf(OPEN);
  if (blank && /^\s*<think(?:ing)?>/.test(content) && answer > 0) {
    return { reasoning: content.slice(0, answer), content: content.slice(answer) };
  }
  if (content.trim() === "" && reasoning !== null && reasoning.includes(OPEN)) {
    const at = reasoning.lastIndexOf(OPEN);
    return { reasoning: reasoning.slice(0, at), content: reasoning.slice(at) };
  }
  return turn;
}

/** The last answer and everything beside it; null where no answer tag is. */
function lastAnswer(content: string): { answer: string; rest: string } | null {
  const open = content.lastIndexOf(OPEN);
  if (open === -1) {
    const close = content.indexOf(CLOSE);
    if (close === -1) return null;
    const answer = content.slice(0, close).trim();
    return answer === ""
      ? null
      : { answer, rest: content.slice(close).replaceAll(CLOSE, "").trim() };
  }
  const close = content.indexOf(CLOSE, open);
  const answer = content.slice(open + OPEN.length, close === -1 ? undefined : close).trim();
  if (answer === "") return null;
  const before = content.slice(0, open);
  const after = close === -1 ? "" : content.slice(close + CLOSE.length);
  const rest = [before, after]
    .map((part) => part.replaceAll(OPEN, "").replaceAll(CLOSE, "").trim())
    .filter((part) => part !== "")
    .join("\n");
  return { answer, rest };
}

function around(content: string): string {
  const open = content.indexOf(OPEN);
  const close = content.indexOf(CLOSE);
  return `${content.slice(0, open)}${content.slice(close + CLOSE.length)}`.trim();
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
