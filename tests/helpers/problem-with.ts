/** Problems and reward inputs with what a test is about, and nothing else in them. */
import type { Problem } from "#main/core/problems/problem.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import type { RewardInput } from "#main/core/rewards/reward-input.ts";
import type { LookedAt } from "#main/core/text/problem-lengths.ts";
import { scoreText } from "#main/core/verifiers/judging/score-text.ts";

export function problemWith(fields: Partial<Problem>): Problem {
  const prompt = fields.prompt ?? "";
  return {
    id: "x/1",
    source: "x",
    difficulty: 1,
    messages: [{ role: "user", content: prompt }],
    prompt,
    gold: null,
    verifier: { name: "maths", options: {} },
    data: null,
    columns: {},
    solution: () => null,
    ...fields,
  };
}

/** What a reward is given for a completion of 40 tokens that ended by itself. */
export function inputWith(problem: Problem, completionText: string, limit = 72): RewardInput {
  return {
    problem,
    score: scoreText(problem, completionText, "strict"),
    answerFormat: "tags",
    completionText,
    completionTokens: 40,
    finished: true,
    maxCompletionLength: limit,
  };
}

/** Of a workspace without problem sets. */
export const NO_SETS: SetReader = () => [];

/** Of one where no task that runs elsewhere was asked. */
export const NOTHING_TRIED: LookedAt = { sets: NO_SETS, tried: { of: () => [] } };
