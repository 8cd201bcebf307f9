/**
 * Kimi k1.5's length reward (arXiv 2501.12599, section 2.3.3), as open-r1's `length` has it, over the completions of one
 * problem: `λ = 0.5 - (length - shortest) / (longest - shortest)` for a right answer and `min(0, λ)` for a wrong one; 0 for
 * all where all are equally long. Length is counted in characters. Where no answer can be judged all count as right.
 *
 * open-r1 takes the shortest and the longest of all completions that its trainer hands over at once; the paper, and this,
 * of one problem's.
 */
import { isJudged } from "./scoring/applies.ts";
import type { RewardInput } from "./reward-input.ts";
import { characters } from "./text-length.ts";

/** @param group the completions of one problem; gives one value for each */
export function lengthReward(
  group: readonly Pick<RewardInput, "problem" | "score" | "completionText">[],
): number[] {
  const lengths = group.map(({ completionText }) => characters(completionText));
  const shortest = lengths.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const longest = lengths.reduce((a, b) => Math.max(a, b), 0);
  if (longest <= shortest) return group.map(() => 0);
  return group.map(({ problem, score }, i) => {
    const lambda = 0.5 - ((lengths[i] ?? 0) - shortest) / (longest - shortest);
    return score.correct || !isJudged(problem) ? lambda : Math.min(0, lambda);
  });
}
