/**
 * Reward 1 where the verifier accepts the answer, else 0; with `partial`, the share of it that is right. open-r1 and TRL
 * call it `accuracy`.
 */
import type { RewardInput } from "./reward-input.ts";

export function answerReward({ score }: Pick<RewardInput, "score">, partial = false): number {
  return partial ? score.score : score.correct ? 1 : 0;
}
