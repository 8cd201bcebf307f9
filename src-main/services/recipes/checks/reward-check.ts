/** A stage's rewards in files of one's own, run on three of its problems before anything is started. */
import { AppError } from "#shared/errors.ts";
import type { GrpoStage } from "#shared/schema/recipe.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { problemAt } from "#main/core/problems/task-facts.ts";
import { fileReward } from "#main/core/rewards/files/file-reward.ts";
import type { RewardInput } from "#main/core/rewards/reward-input.ts";
import type { Sandbox } from "#main/core/sandbox-port.ts";
import { scoreText } from "#main/core/verifiers/judging/score-text.ts";
import type { RewardFiles } from "../reward-files.ts";
import type { Finding } from "./recipe-finding.ts";

const PROBLEMS = 3;

/** The completions are worked solutions where the problems have them, else empty. */
export async function rewardFindings(
  { sandbox, rewardFiles, sets }: RewardCheckDeps,
  stage: GrpoStage,
  index: number,
  relativeTo: string,
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [place, spec] of stage.rewards.entries()) {
    if (!("file" in spec)) continue;
    try {
      const text = rewardFiles.text(spec, relativeTo);
      await fileReward(sandbox, { file: spec.file, text }, inputsOf(stage, sets), signal);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      findings.push({
        path: ["stages", index, "rewards", place, "file"],
        message: error.message,
        advice: error.advice ?? null,
      });
    }
  }
  return findings;
}

export interface RewardCheckDeps {
  readonly sandbox: Sandbox;
  readonly rewardFiles: RewardFiles;
  readonly sets: SetReader;
}

function inputsOf(stage: GrpoStage, sets: SetReader): RewardInput[] {
  return Array.from({ length: PROBLEMS }, (_, place) => {
    const problem = problemAt(stage.data, place, sets);
    const completionText = problem.solution() ?? "";
    return {
      problem,
      score: scoreText(problem, completionText, "strict", stage.answer_format),
      answerFormat: stage.answer_format,
      completionText,
      completionTokens: Math.ceil(completionText.length / 4),
      finished: true,
      maxCompletionLength: stage.max_completion_length,
    };
  });
}
