/** The problems of a batch of which nobody can say that their answers were wrong. */
import type { RewardSpec } from "#shared/schema/reward.ts";
import type { Problem } from "../../problems/problem.ts";
import { isJudged } from "./applies.ts";

const BY_THE_ANSWER: ReadonlySet<string> = new Set([
  "answer",
  "accuracy",
  "cosine",
  "length",
  "code",
]);

/**
 * Ids of those without an answer that can be judged; of all where no reward goes by the answer: files of one's own may
 * call another thing right than the problem's rule, which also asks for the stage's form.
 */
export function unjudgedProblems(
  rewards: readonly RewardSpec[],
  problems: Iterable<Problem>,
): ReadonlySet<string> {
  const asked = rewards.some(
    (spec) => !("file" in spec) && !("judge" in spec) && BY_THE_ANSWER.has(spec.name),
  );
  const ids = new Set<string>();
  for (const problem of new Set(problems)) if (!asked || !isJudged(problem)) ids.add(problem.id);
  return ids;
}
