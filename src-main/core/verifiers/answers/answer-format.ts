/** The answer of a completion in the form that a recipe asks for: in time linear in its length, whatever the text. */
import type { AnswerFormat } from "#shared/schema/stages/stage-options.ts";
import { assertNever } from "#shared/errors.ts";
import { lastLine } from "./claimed-answer.ts";
import { extractAnswer } from "./extract-answer.ts";
import { lastBoxed } from "../maths/extraction/boxes.ts";

const THINK_END = "</think>";

/**
 * tags: inside the last answer tags after the thinking. boxed: in the last complete \boxed{…}, after the thinking where
 * there is some; boxes listed side by side are one answer. last-line: the last line that is not blank. null where there
 * is none.
 */
export function extractAs(format: AnswerFormat, text: string): string | null {
  switch (format) {
    case "tags":
      return extractAnswer(text);
    case "boxed":
      return lastBoxed(afterThinking(text));
    case "last-line":
      return lastLine(afterThinking(text));
    default:
      return assertNever(format);
  }
}

/** The text itself where nothing ends the thinking. */
export function afterThinking(text: string): string {
  const end = text.lastIndexOf(THINK_END);
  return end === -1 ? text : text.slice(end + THINK_END.length);
}
