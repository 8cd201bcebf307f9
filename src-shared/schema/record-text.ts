/**
 * Between an assistant's text and its two parts. A text that was divided and is joined again is the same, byte for
 * byte: what stood around the reasoning in another way than it is written here is kept in `written`.
 */
import type { RecordMessage } from "./dataset.ts";

/** Tags that models put around their reasoning; the first pair is the one written here. */
export const THINK_TAGS: readonly (readonly [string, string])[] = [
  ["<think>", "</think>"],
  ["<thinking>", "</thinking>"],
  ["<|begin_of_thought|>", "<|end_of_thought|>"],
];
const OPEN = "<think>\n";
const CLOSE = "\n</think>\n";
/** A longer run of white space around the tags is left in the text. */
const LONGEST_FRAME = 5000;
const SOLUTION = /^(\s*<\|begin_of_solution\|>\s*)([\s\S]*?)(\s*<\|end_of_solution\|>\s*)$/;

type Parts = Pick<RecordMessage, "reasoning" | "content" | "written">;

/**
 * The reasoning and what follows it. Chat templates often hold the opening tag, so that it may be missing. Text that
 * has words before its reasoning is not divided: nobody would see them.
 */
export function splitReasoning(text: string): Parts {
  for (const [open, close] of THINK_TAGS) {
    const end = text.indexOf(close);
    if (end === -1) continue;
    const at = text.indexOf(open);
    const opened = at !== -1 && at < end;
    if (opened && text.slice(0, at).trim() !== "") continue;
    const from = opened ? at + open.length : 0;
    const inner = text.slice(from, end);
    const lead = leadingLines(inner);
    const tail = trailingLines(inner.slice(lead));
    const rest = text.slice(end + close.length);
    const [, before = rest.slice(0, leadingLines(rest)), solution, after = ""] =
      SOLUTION.exec(rest) ?? [];
    const written = {
      open: text.slice(0, from + lead),
      close: `${inner.slice(inner.length - tail)}${close}${before}`,
      ...(after === "" ? {} : { after }),
    };
    if (text.length - inner.length - rest.length + before.length + after.length > LONGEST_FRAME) {
      continue;
    }
    const usual = written.open === OPEN && written.close === CLOSE && after === "";
    return {
      reasoning: inner.slice(lead, inner.length - tail),
      content: solution ?? rest.slice(before.length),
      ...(usual ? {} : { written }),
    };
  }
  return { reasoning: null, content: text };
}

/** Length of the white space at the beginning, up to its last line end: an indented first line keeps its indent. */
function leadingLines(text: string): number {
  const blank = text.length - text.trimStart().length;
  return text.slice(0, blank).lastIndexOf("\n") + 1;
}

/** Length of the white space at the end, from its first line end. */
function trailingLines(text: string): number {
  const blank = text.slice(text.trimEnd().length);
  const at = blank.search(/\r?\n/);
  return at === -1 ? 0 : blank.length - at;
}

/** The text that a model is trained on: the turn as it was written. */
export function joinReasoning(message: Parts): string {
  const { reasoning, content, written } = message;
  if (reasoning === null) return content;
  return `${written?.open ?? OPEN}${reasoning}${written?.close ?? CLOSE}${content}${written?.after ?? ""}`;
}

/** The turn's text with the tags that rewards and verifiers know, whatever it was written with. */
export function withKnownTags({ reasoning, content }: Parts): string {
  return joinReasoning({ reasoning, content });
}

/** Whether the model learns from this turn: an assistant's, without OpenAI's `weight: 0`. */
export function isTrained({ role, extra }: RecordMessage): boolean {
  return role === "assistant" && extra?.["weight"] !== 0;
}

/** The last assistant turn, where the record ends with one. */
export function finalTurn(messages: readonly RecordMessage[]): RecordMessage | undefined {
  const last = messages.at(-1);
  return last?.role === "assistant" ? last : undefined;
}

/** The last user turn: what the record's answer is to. */
export function promptOf(messages: readonly RecordMessage[]): string {
  return messages.findLast(({ role }) => role === "user")?.content ?? "";
}

/** The first user turn: what the conversation is about, and lists show. */
export function firstPromptOf(messages: readonly RecordMessage[]): string {
  return messages.find(({ role }) => role === "user")?.content ?? "";
}

/** The messages with another text in the final turn, written as that one was. */
export function withFinalTurn(
  messages: readonly RecordMessage[],
  { content, reasoning }: Pick<RecordMessage, "reasoning" | "content">,
): RecordMessage[] {
  return [...messages.slice(0, -1), { ...messages.at(-1), role: "assistant", content, reasoning }];
}
