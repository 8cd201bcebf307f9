/** Reward 1 where the task's rule accepts the answer inside the tags, else 0. */
import { taskByName } from "../problems/registry.ts";
import { extractAnswer } from "../verifiers/extract-answer.ts";
import type { RewardInput } from "./reward-input.ts";

export function answerReward({ problem, completionText }: RewardInput): number {
  const answer = extractAnswer(completionText);
  return answer !== null && taskByName(problem.task).verify(problem, answer) ? 1 : 0;
}
