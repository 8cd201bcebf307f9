/**
 * Language mixing: DeepSeek-R1's language consistency (core/rewards/language.ts) on the whole text, and
 * its repair: lines of the reasoning that are mostly written in another script than the prompt.
 */
import { languageReward } from "../rewards/language.ts";

/** A line with less of the prompt's language than this goes. */
const LEAST_SHARE = 0.5;

/** Share of words in the prompt's language; null where either has no words. */
export function languageShare(prompt: string, text: string): number | null {
  return languageReward({ problem: { prompt }, completionText: text });
}

/** Lines without words (formulas) stay. */
export function removeForeignLines(prompt: string, text: string): string {
  return text
    .split("\n")
    .filter((line) => (languageShare(prompt, line) ?? 1) >= LEAST_SHARE)
    .join("\n");
}
