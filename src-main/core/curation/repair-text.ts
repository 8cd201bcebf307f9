/** The repairs of this folder on a whole record. */
import type { RecordMessages } from "#shared/schema/dataset.ts";
import { finalTurn, promptOf, withFinalTurn } from "#shared/schema/record-text.ts";
import { removeForeignLines } from "./foreign-lines.ts";
import { repairFormat } from "./format.ts";
import { removeRepetition } from "./repetition.ts";

export type Repair = "repair-format" | "remove-foreign-lines" | "remove-repetition";

/** The repaired messages; null where there is nothing to repair. */
export function repaired(repair: Repair, messages: RecordMessages): RecordMessages | null {
  const after = [...apply(repair, messages)];
  return JSON.stringify(after) === JSON.stringify(messages) ? null : after;
}

function apply(repair: Repair, messages: RecordMessages): RecordMessages {
  switch (repair) {
    case "repair-format":
      return [...repairFormat(messages)];
    case "remove-foreign-lines":
      return inReasoning(messages, (text) => removeForeignLines(promptOf(messages), text));
    case "remove-repetition":
      return inReasoning(messages, removeRepetition);
    default:
      return repair satisfies never;
  }
}

function inReasoning(messages: RecordMessages, change: (text: string) => string): RecordMessages {
  const turn = finalTurn(messages);
  if (turn === undefined || turn.reasoning === null) return messages;
  return withFinalTurn(messages, { reasoning: change(turn.reasoning), content: turn.content });
}
