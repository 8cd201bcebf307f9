/**
 * Reward 1 where the completion is exactly one think block and then one answer block, both with
 * something in them, and nothing else but white space; else 0.
 */
import type { RewardInput } from "./reward-input.ts";

const TAGS = ["<think>", "</think>", "<answer>", "</answer>"];

export function formatReward({ completionText }: Pick<RewardInput, "completionText">): number {
  return hasFormat(completionText) ? 1 : 0;
}

function hasFormat(text: string): boolean {
  let end = 0;
  const between: string[] = [];
  for (const tag of TAGS) {
    const at = text.indexOf(tag);
    if (at < end || text.includes(tag, at + 1)) return false;
    between.push(text.slice(end, at));
    end = at + tag.length;
  }
  between.push(text.slice(end));
  // before, inside think, between the blocks, inside answer, after
  return between.every((part, i) => (part.trim() !== "") === (i === 1 || i === 3));
}
