/**
 * Repetition: seq-rep-4, the share of word 4-grams that were there before, 1 − distinct/all
 * (Welleck et al., "Neural Text Generation with Unlikelihood Training", 2019). And its repair:
 * sentences and lines that say an earlier one again are removed.
 */
import { hashSequence, hashToken, tokensOf } from "./words.ts";

const N = 4;
/** Shorter sentences ("So 3+4=7.") may rightly come back. */
const LEAST_WORDS = 4;

/** Between 0 and 1; 0 where there are fewer than four words. */
export function repetition(text: string): number {
  const hashes = tokensOf(text).map(hashToken);
  const all = hashes.length - N + 1;
  if (all < 1) return 0;
  const distinct = new Set<number>();
  for (let i = 0; i < all; i++) distinct.add(hashSequence(hashes, i, i + N));
  return 1 - distinct.size / all;
}

/** Without sentences and lines that only repeat one before; the first of each stays. */
export function removeRepetition(text: string): string {
  const seen = new Set<string>();
  const lines = text.split("\n").flatMap((line) => {
    const sentences = line.split(/(?<=[.!?。！？])(?=\s)/u);
    const kept = sentences.filter((sentence) => {
      const tokens = tokensOf(sentence);
      if (tokens.length < LEAST_WORDS) return true;
      const key = tokens.join(" ");
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    });
    if (kept.length === sentences.length) return [line];
    const left = kept.join("").trim();
    return left === "" ? [] : [left];
  });
  return lines.join("\n");
}
