/**
 * open-r1's `tag_count`, after willccbb's gist: a quarter for each of the four tags that stands exactly once with the
 * line ends around it that the form asks for. A way towards `format` in steps.
 */
import type { RewardInput } from "./reward-input.ts";

export const COUNTED_TAGS = ["<think>\n", "\n</think>\n", "\n<answer>\n", "\n</answer>"] as const;

export function tagCountReward({ completionText }: Pick<RewardInput, "completionText">): number {
  return COUNTED_TAGS.filter((tag) => isThereOnce(completionText, tag)).length / 4;
}

/** As Python's `str.count(tag) == 1`: tags that share a line end are counted without overlap. */
export function isThereOnce(text: string, tag: string): boolean {
  const at = text.indexOf(tag);
  return at !== -1 && !text.includes(tag, at + tag.length);
}
