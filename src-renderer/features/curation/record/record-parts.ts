/** The parts of a conversation in reading order: each turn, an assistant's reasoning apart from its answer. Pure. */
import { isTrained, joinReasoning } from "#shared/schema/record-text.ts";
import type { RecordMessage, RecordMessages } from "#shared/schema/dataset.ts";

export type PartKind = "system" | "prompt" | "reasoning" | "answer" | "tool";

export interface RecordPart {
  /** "2.reasoning": stable while the number of turns is. */
  readonly key: string;
  readonly turn: number;
  readonly kind: PartKind;
  readonly label: string;
  readonly text: string;
}

const KINDS: Readonly<Record<RecordMessage["role"], PartKind>> = {
  system: "system",
  user: "prompt",
  assistant: "answer",
  tool: "tool",
};

const LABELS: Readonly<Record<PartKind, string>> = {
  system: "System",
  prompt: "Prompt",
  reasoning: "Reasoning",
  answer: "Answer",
  tool: "Tool",
};

/** An assistant's turn without reasoning has a reasoning part only where `withEmpty` asks for it: to be filled in. */
export function recordParts(messages: RecordMessages, withEmpty = false): readonly RecordPart[] {
  const turns = messages.filter(({ role }) => role === "user").length;
  let asked = 0;
  return messages.flatMap((message, turn) => {
    if (message.role === "user") asked += 1;
    const number = turns > 1 && message.role !== "system" ? ` ${String(asked)}` : "";
    const untrained = message.role === "assistant" && !isTrained(message);
    const suffix = `${number}${untrained ? ", not trained on" : ""}`;
    const part = (kind: PartKind, text: string): RecordPart => ({
      key: `${String(turn)}.${kind}`,
      turn,
      kind,
      label: `${LABELS[kind]}${suffix}`,
      text,
    });
    const own = part(KINDS[message.role], message.content);
    if (message.role !== "assistant") return [own];
    return message.reasoning === null && !withEmpty
      ? [own]
      : [part("reasoning", message.reasoning ?? ""), own];
  });
}

/** An answer that stands between tags, as the tags and what is between them. */
export function betweenTags(
  text: string,
): readonly [open: string, inside: string, close: string] | undefined {
  const [, open, inside, close] = /^(\s*<answer>)([^<]*)(<\/answer>\s*)$/u.exec(text) ?? [];
  return open === undefined || inside === undefined || close === undefined
    ? undefined
    : [open, inside, close];
}

/** The conversation with another text in one part. Reasoning that is emptied is none. */
export function withPart(
  messages: RecordMessages,
  part: Pick<RecordPart, "turn" | "kind">,
  text: string,
): RecordMessages {
  return messages.map((message, turn) => {
    if (turn !== part.turn) return message;
    return part.kind === "reasoning"
      ? { ...message, reasoning: text.trim() === "" ? null : text }
      : { ...message, content: text };
  });
}

/** The text of the same part in another version of the conversation. */
export function partText(messages: RecordMessages, part: RecordPart): string {
  const message = messages[part.turn];
  if (message === undefined) return "";
  return part.kind === "reasoning" ? (message.reasoning ?? "") : message.content;
}

export function sameMessages(a: RecordMessages, b: RecordMessages): boolean {
  return (
    a.length === b.length &&
    a.every((message, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        message.role === other.role &&
        message.reasoning === other.reasoning &&
        joinReasoning(message) === joinReasoning(other)
      );
    })
  );
}
