/**
 * Messages of which a chat template does not write the whole text. DeepSeek-R1-Distill's and Qwen3's write an answer
 * without what stands before its `</think>`; others leave out roles that they do not know.
 */
import type { ChatMessage } from "./chat-template.ts";

/** White space and the reasoning's tags are the template's own affair: it may set them itself, or move them. */
const OWN_AFFAIR = /<\/?think>|\s+/gu;
const REASONING_TAG = /<\/?think>/u;

/** Indexes of the messages that are not whole in the rendered text. */
export function leftOutMessages(messages: readonly ChatMessage[], rendered: string): number[] {
  const text = rendered.replace(OWN_AFFAIR, "");
  const missing: number[] = [];
  let from = 0;
  for (const [index, message] of messages.entries()) {
    let at = from;
    for (const piece of piecesOf(message)) {
      const found = text.indexOf(piece, at);
      if (found >= 0) at = found + piece.length;
      // A system message may be moved, and what was written may be repeated: only an answer must stand in its turn.
      else if (message.role === "assistant" || !text.includes(piece)) missing.push(index);
    }
    from = at;
  }
  return [...new Set(missing)];
}

function piecesOf(message: ChatMessage): string[] {
  return [message.reasoning_content ?? "", ...message.content.split(REASONING_TAG)]
    .map((piece) => piece.replace(OWN_AFFAIR, ""))
    .filter((piece) => piece !== "");
}
