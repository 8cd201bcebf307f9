/**
 * Between an assistant's text and its two parts. Text that was read and written again is the same
 * but for white space around the tags.
 */
import type { RecordMessage } from "./dataset.ts";

/** Tags that models put around their reasoning; the first pair is the one written here. */
const THINK_TAGS: readonly (readonly [string, string])[] = [
  ["<think>", "</think>"],
  ["<thinking>", "</thinking>"],
  ["<|begin_of_thought|>", "<|end_of_thought|>"],
];
const SOLUTION_TAGS = /<\|(?:begin|end)_of_solution\|>/g;

/** The reasoning and what follows it. Chat templates often hold the opening tag, so that it may be missing. */
export function splitReasoning(text: string): Pick<RecordMessage, "reasoning" | "content"> {
  for (const [open, close] of THINK_TAGS) {
    const end = text.indexOf(close);
    if (end === -1) continue;
    const start = text.indexOf(open);
    const before = start === -1 || start > end ? "" : text.slice(0, start).trim();
    const from = start === -1 || start > end ? 0 : start + open.length;
    const after = text.slice(end + close.length).replaceAll(SOLUTION_TAGS, "");
    return {
      reasoning: text.slice(from, end).trim(),
      content: [before, after.trim()].filter((part) => part !== "").join("\n"),
    };
  }
  return { reasoning: null, content: text.trim() };
}

/** The text that a model is trained on. */
export function joinReasoning(message: Pick<RecordMessage, "reasoning" | "content">): string {
  return message.reasoning === null
    ? message.content
    : `<think>\n${message.reasoning}\n</think>\n${message.content}`;
}

/** The last assistant turn, where the record ends with one. */
export function finalTurn(messages: readonly RecordMessage[]): RecordMessage | undefined {
  const last = messages.at(-1);
  return last?.role === "assistant" ? last : undefined;
}

/** The last user turn: what the record asks. */
export function promptOf(messages: readonly RecordMessage[]): string {
  return messages.findLast(({ role }) => role === "user")?.content ?? "";
}

/** The messages with another final turn. */
export function withFinalTurn(
  messages: readonly RecordMessage[],
  { content, reasoning }: Pick<RecordMessage, "reasoning" | "content">,
): RecordMessage[] {
  return [...messages.slice(0, -1), { role: "assistant", content, reasoning }];
}
