/**
 * Repeated n-grams of words, from "Demystifying Long Chain-of-Thought Reasoning in LLMs" (arXiv 2502.03373, appendix C.2),
 * as open-r1's `repetition_penalty` has it for English: `(1 - different / all) × max_penalty`; 0 for fewer words than
 * `ngram_size`.
 */
import type { RewardInput } from "./reward-input.ts";

/** What Python's `str.split` takes for white space: Unicode's, and the separators U+001C to U+001F. */
const SEPARATORS = String.fromCharCode(0x1c, 0x1d, 0x1e, 0x1f);
const SPACE = new RegExp(String.raw`[\p{White_Space}${SEPARATORS}]+`, "u");

export function repetitionPenaltyReward(
  { completionText }: Pick<RewardInput, "completionText">,
  options: { readonly ngram_size: number; readonly max_penalty: number },
): number {
  // Not -0: sums and charts show a zero.
  return repeatedShare(completionText, options.ngram_size) * options.max_penalty || 0;
}

/** The share of a text's n-grams that were there before. */
export function repeatedShare(text: string, size: number): number {
  const words = text
    .toLowerCase()
    .split(SPACE)
    .filter((word) => word !== "");
  const all = words.length - size + 1;
  if (all < 1) return 0;
  const different = new Set<string>();
  for (let at = 0; at < all; at += 1) different.add(words.slice(at, at + size).join(" "));
  return 1 - different.size / all;
}
