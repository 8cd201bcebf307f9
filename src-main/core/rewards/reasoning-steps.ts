/**
 * open-r1's `reasoning_steps`: a third for each sign of a step, at most 1. Signs are "Step 3:", a number with a dot where
 * the text begins, a line that begins with - or *, and the words "First," "Second," "Next," "Finally,".
 */
import type { RewardInput } from "./reward-input.ts";

// Python's \d is any decimal digit; its ^ without MULTILINE is the text's beginning.
const STEP = /Step \p{Nd}+:|^\p{Nd}+\.|\n-|\n\*|First,|Second,|Next,|Finally,/gu;
const ENOUGH = 3;

export function reasoningStepsReward({
  completionText,
}: Pick<RewardInput, "completionText">): number {
  return Math.min(1, countSteps(completionText) / ENOUGH);
}

export function countSteps(text: string): number {
  return text.match(STEP)?.length ?? 0;
}
