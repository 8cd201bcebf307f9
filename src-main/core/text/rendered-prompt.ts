/** A problem's prompt as its model reads it, with what the template writes told apart from the conversation. */
import type { ProblemMessage } from "#shared/schema/problem.ts";
import type { PromptPart, RenderedPrompt } from "#shared/schema/rendered-prompt.ts";
import type { Problem } from "../problems/problem.ts";
import { askedMessages, promptText } from "./prompt-ids.ts";
import type { Prompting } from "./prompt-ids.ts";
import { tokenSpans } from "./token-spans.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** Throws BAD_RECIPE for the stage's template, BAD_TOKENIZER and BAD_INPUT for the model's. */
export function renderedPrompt(
  tokenizer: Tokenizer,
  problem: Problem,
  prompting: Prompting,
): RenderedPrompt {
  const messages = askedMessages(problem, prompting);
  const { text, withSpecialTokens } = promptText(tokenizer, messages, prompting);
  const ids = tokenizer.encode(text, { addSpecialTokens: withSpecialTokens });
  const marked = messages.map((message, i) => ({ ...message, content: markOf(i) }));
  const parts =
    partsByMarks(text, messages, () => promptText(tokenizer, marked, prompting).text) ??
    partsByPlace(text, messages);
  return {
    id: problem.id,
    source: problem.source,
    tokens: ids.length,
    templateTokens: templateTokens(tokenizer, text, ids, parts),
    parts,
  };
}

/** U+FDD0 and U+FDD1 are Unicode's non-characters for such inner use. */
function markOf(index: number): string {
  return `\uFDD0${index}\uFDD1`;
}

/** By the same conversation with marks in the place of its texts; undefined where the template looks into the texts. */
function partsByMarks(
  text: string,
  messages: readonly ProblemMessage[],
  render: () => string,
): PromptPart[] | undefined {
  const parts: PromptPart[] = [];
  for (const piece of render().split(/(\uFDD0\d+\uFDD1)/u)) {
    const index = /^\uFDD0(\d+)\uFDD1$/u.exec(piece)?.[1];
    const message = index === undefined ? undefined : messages[Number(index)];
    const own = message === undefined ? piece : writtenAt(text, lengthOf(parts), message.content);
    parts.push({ text: own, role: message?.role ?? null });
  }
  const whole = parts.map((part) => part.text).join("");
  return whole === text ? parts.filter((part) => part.text !== "") : undefined;
}

/** Templates may leave out the white space around a text. */
function writtenAt(text: string, at: number, content: string): string {
  const forms = [content, content.trimEnd(), content.trimStart(), content.trim()];
  return forms.find((form) => text.startsWith(form, at)) ?? content;
}

/** By looking for each text behind the one before it; one that the template rewrites counts as the template's. */
function partsByPlace(text: string, messages: readonly ProblemMessage[]): PromptPart[] {
  const parts: PromptPart[] = [];
  let at = 0;
  for (const { role, content } of messages) {
    const own = content.trim();
    const found = own === "" ? -1 : text.indexOf(own, at);
    if (found < 0) continue;
    parts.push({ text: text.slice(at, found), role: null }, { text: own, role });
    at = found + own.length;
  }
  return [...parts, { text: text.slice(at), role: null }].filter((part) => part.text !== "");
}

function lengthOf(parts: readonly PromptPart[]): number {
  return parts.reduce((sum, part) => sum + part.text.length, 0);
}

/** Tokens that hold nothing of the conversation; null where the tokens cannot be placed in the text. */
function templateTokens(
  tokenizer: Tokenizer,
  text: string,
  ids: readonly number[],
  parts: readonly PromptPart[],
): number | null {
  const spans = tokenSpans(tokenizer, text, ids);
  if (spans === undefined) return null;
  let at = 0;
  const own: (readonly [number, number])[] = [];
  for (const { text: part, role } of parts) {
    const bytes = Buffer.byteLength(part);
    if (role !== null) own.push([at, at + bytes]);
    at += bytes;
  }
  return spans.filter(([from, to]) => !own.some(([start, end]) => from < end && to > start)).length;
}
