/**
 * The form of a record's last turn: reasoning, then an answer; where the answer uses tags, exactly
 * one <answer>…</answer> and nothing beside it (the form that the format reward asks for). And its
 * repair, which loses no text but stray tags.
 */
import type { FormatProblem, RecordMessage } from "#shared/schema/dataset.ts";
import { finalTurn, THINK_TAGS, withFinalTurn } from "#shared/schema/record-text.ts";

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
  if (reasoning !== null && !hasKnownTags(turn)) problems.push("other-think-tags");
  const opened = count(content, OPEN);
  const closed = count(content, CLOSE);
  if (opened > 1 || closed > 1) problems.push("several-answers");
  else if (opened !== closed) problems.push("answer-not-closed");
  else if (opened === 1 && around(content) !== "") problems.push("text-around-answer");
  return problems;
}

/** An opening tag may stand in the chat template instead. */
function hasKnownTags({ written }: RecordMessage): boolean {
  const { open, close } = written ?? {};
  return (
    (open === undefined || open.trim() === "" || open.trim() === "<think>") &&
    (close === undefined || close.trim() === "</think>")
  );
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
  if (reasoning === turn.reasoning && content === turn.content && hasKnownTags(turn)) {
    return messages;
  }
  const { written: _tags, ...kept } = turn;
  return withFinalTurn([...messages.slice(0, -1), kept], { reasoning, content });
}

/** Where the tags were never closed: reasoning goes up to the answer's tag. */
function divided(turn: RecordMessage): Pick<RecordMessage, "reasoning" | "content"> {
  const { reasoning, content } = turn;
  const blank = reasoning === null || reasoning.trim() === "";
  if (blank && content.includes("</think")) {
    const parts = looselyDivided(content);
    if (parts !== null) return parts;
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

/** As `splitReasoning`, but with what stands before the reasoning put before the answer. */
function looselyDivided(text: string): Pick<RecordMessage, "reasoning" | "content"> | null {
  for (const [open, close] of THINK_TAGS) {
    const end = text.indexOf(close);
    if (end === -1) continue;
    const at = text.indexOf(open);
    const opened = at !== -1 && at < end;
    const parts = [opened ? text.slice(0, at) : "", text.slice(end + close.length)];
    return {
      reasoning: text.slice(opened ? at + open.length : 0, end).trim(),
      content: parts
        .map((part) => part.trim())
        .filter((part) => part !== "")
        .join("\n"),
    };
  }
  return null;
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
