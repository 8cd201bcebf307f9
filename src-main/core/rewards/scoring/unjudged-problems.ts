/** The problems of a batch of which nobody can say that their answers were wrong. */
import { goesByAnswer } from "#shared/schema/reward.ts";
import type { RewardSpec } from "#shared/schema/reward.ts";
import type { Problem } from "../../problems/problem.ts";
import { isJudged } from "./applies.ts";

/**
 * Ids of those without an answer that can be judged; of all where no reward goes by the answer: files of one's own may
 * call another thing right than the problem's rule, which also asks for the stage's form.
 */
export function unjudgedProblems(
  rewards: readonly RewardSpec[],
  problems: Iterable<Problem>,
): ReadonlySet<string> {
  const asked = rewards.some(goesByAnswer);
  const ids = new Set<string>();
  for (const problem of new Set(problems)) if (!asked || !isJudged(problem)) ids.add(problem.id);
  return ids;
}
