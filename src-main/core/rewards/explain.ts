/** Why a completion has the reward it has, in a sentence: for people who try rewards out before a run. */
import { assertNever } from "#shared/errors.ts";
import type { RewardSpec } from "#shared/schema/recipe.ts";
import type { RewardInput } from "./reward-input.ts";

const TAGS = ["<think>", "</think>", "<answer>", "</answer>"];

/** `value` is what the reward gave for this input. */
export function explainReward(spec: RewardSpec, input: RewardInput, value: number | null): string {
  switch (spec.name) {
    case "answer":
      return input.score.detail;
    case "format":
      return value === 1 ? "one think block, then one answer block" : explainForm(input);
    case "language":
      return value === null
        ? "the prompt or the completion has no words: neither for nor against it in its group"
        : `${Math.round(value * 100)}% of the words are in the prompt's language`;
    case "soft-overlong":
      return value === 0
        ? `${input.completionTokens} tokens, no penalty yet`
        : `${input.completionTokens} of at most ${input.maxCompletionLength} tokens`;
    default:
      return assertNever(spec.name);
  }
}

/** The first thing in the way of the form. */
function explainForm({ completionText: text }: RewardInput): string {
  let end = 0;
  for (const [place, tag] of TAGS.entries()) {
    const at = text.indexOf(tag);
    if (at === -1) return `${tag} is missing`;
    if (at < end) return `${tag} comes too early`;
    if (text.includes(tag, at + 1)) return `${tag} is there twice`;
    const before = text.slice(end, at).trim();
    if (place === 1 && before === "") return "the think block is empty";
    if (place === 3 && before === "") return "the answer block is empty";
    if ((place === 0 || place === 2) && before !== "") return `there is text before ${tag}`;
    end = at + tag.length;
  }
  return text.slice(end).trim() === "" ? "the form is not kept" : "there is text after </answer>";
}
