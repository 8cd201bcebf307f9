/** Why a completion has the reward it has, in a sentence: for people who try rewards out before a run. */
import { assertNever } from "#shared/errors.ts";
import type { RewardSpec } from "#shared/schema/reward.ts";
import { isJudged } from "./applies.ts";
import { countSteps } from "../reasoning-steps.ts";
import { repeatedShare } from "../repetition-penalty.ts";
import type { RewardGroup, RewardInput, RewardValue } from "../reward-input.ts";
import { COUNTED_TAGS, isThereOnce } from "../tag-count.ts";
import { characters } from "../text-length.ts";

const TAGS = ["<think>", "</think>", "<answer>", "</answer>"];
const NOT_JUDGED = "the problem has no answer that its verifier can judge";

/** `value` is what the reward gave for this input, one of the group's; `why` what it said itself. */
export function explainReward(
  spec: RewardSpec,
  input: RewardInput,
  group: RewardGroup,
  { value, why }: { readonly value: RewardValue; readonly why?: string | undefined },
): string {
  if ("judge" in spec) return why ?? `${spec.judge} gave it`;
  if ("file" in spec)
    return value === null ? `${spec.file} says that it does not apply` : `${spec.file} gave it`;
  const { completionText: text } = input;
  switch (spec.name) {
    case "answer":
    case "accuracy":
      return value === null ? NOT_JUDGED : input.score.detail;
    case "format":
      return explainFormat(input, value);
    case "language":
      return value === null
        ? "the prompt or the completion has no words: neither for nor against it in its group"
        : `${percent(value)} of the words are in the prompt's language`;
    case "soft-overlong":
    case "soft_overlong":
      return value === 0
        ? `${input.completionTokens} tokens, no penalty yet`
        : `${input.completionTokens} of at most ${input.maxCompletionLength} tokens`;
    case "tag_count":
      return explainTags(text);
    case "reasoning_steps":
      return `${countSteps(text)} signs of a step; 3 are enough`;
    case "cosine":
      return value === null
        ? NOT_JUDGED
        : `${rightOrWrong(input)}, ${characters(text)} characters of ${spec.max_len}`;
    case "repetition_penalty":
      return `${percent(repeatedShare(text, spec.ngram_size))} of the runs of ${spec.ngram_size} words were there before`;
    case "length":
      return explainLength(input, group);
    case "code":
      return value === null ? "the problem has no tests" : input.score.detail;
    default:
      return assertNever(spec);
  }
}

function explainFormat(input: RewardInput, value: RewardValue): string {
  if (input.answerFormat === "tags")
    return value === 1 ? "one think block, then one answer block" : explainForm(input);
  return value === 1
    ? `one think block, then an answer in the form ${input.answerFormat}`
    : `there is not one think block with an answer in the form ${input.answerFormat} after it`;
}

function rightOrWrong({ problem, score }: RewardInput): string {
  if (!isJudged(problem)) return "not judged";
  return score.correct ? "right" : "wrong";
}

function explainTags(text: string): string {
  const lacking = COUNTED_TAGS.filter((tag) => !isThereOnce(text, tag));
  if (lacking.length === 0) return "each tag stands once, with its line ends";
  return `not there exactly once: ${lacking.map((tag) => JSON.stringify(tag)).join(", ")}`;
}

function explainLength(input: RewardInput, group: RewardGroup): string {
  const lengths = group.map(({ completionText }) => characters(completionText));
  const shortest = lengths.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0);
  if (longest <= shortest) return "all of its group are equally long";
  return `${rightOrWrong(input)}, ${characters(input.completionText)} characters where its group has ${shortest} to ${longest}`;
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

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}
