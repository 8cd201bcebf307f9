/**
 * Reward 1 where the completion has the form that was asked for, else 0. tags: exactly one think block and then one
 * answer block, both with something in them, and nothing else but white space. boxed, last-line: exactly one think block
 * with something in it, and after it an answer in that form.
 */
import type { AnswerFormat } from "#shared/schema/stages/stage-options.ts";
import { extractAs } from "../verifiers/answers/answer-format.ts";
import type { RewardInput } from "./reward-input.ts";

const THINK = ["<think>", "</think>"];
const ANSWER = ["<answer>", "</answer>"];

export function formatReward({
  completionText: text,
  answerFormat = "tags",
}: Pick<RewardInput, "completionText"> & Partial<Pick<RewardInput, "answerFormat">>): number {
  return hasFormat(text, answerFormat) ? 1 : 0;
}

function hasFormat(text: string, format: AnswerFormat): boolean {
  if (format !== "tags") return isFilled(text, THINK, [1, 2]) && extractAs(format, text) !== null;
  // before, inside think, between the blocks, inside answer, after
  return isFilled(text, [...THINK, ...ANSWER], [1, 3]);
}

/** Each tag stands there once and in this order, and of the texts around them exactly the `filled` ones are not blank. */
function isFilled(text: string, tags: readonly string[], filled: readonly number[]): boolean {
  let end = 0;
  const between: string[] = [];
  for (const tag of tags) {
    const at = text.indexOf(tag);
    if (at < end || text.includes(tag, at + 1)) return false;
    between.push(text.slice(end, at));
    end = at + tag.length;
  }
  between.push(text.slice(end));
  return between.every((part, i) => (part.trim() !== "") === filled.includes(i));
}
