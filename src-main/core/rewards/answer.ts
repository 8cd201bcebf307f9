/**
 * Reward 1 where the verifier accepts the answer, else 0; with `partial`, the share of it that is right. Null where the
 * problem has no answer that can be judged. open-r1 and TRL call it `accuracy`.
 */
import { isJudged } from "./scoring/applies.ts";
import type { RewardInput } from "./reward-input.ts";

export function answerReward(
  { problem, score }: Pick<RewardInput, "problem" | "score">,
  partial = false,
): number | null {
  if (!isJudged(problem)) return null;
  return partial ? score.score : score.correct ? 1 : 0;
}
