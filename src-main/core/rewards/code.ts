/**
 * The share of a problem's tests that the completion's code passes, as open-r1's `code`; null where the problem has no
 * tests.
 */
import type { RewardInput } from "./reward-input.ts";

export function codeReward({
  problem: { verifier },
  score,
}: Pick<RewardInput, "problem" | "score">): number | null {
  return hasTests(verifier.name) ? score.score : null;
}

function hasTests(verifier: string): boolean {
  return verifier === "python-tests" || verifier === "javascript-tests";
}
