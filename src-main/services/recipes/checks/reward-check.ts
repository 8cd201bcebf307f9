/** A stage's rewards in files of one's own, run on three of its problems before anything is started. */
import { AppError } from "#shared/errors.ts";
import type { GrpoStage, ProblemData } from "#shared/schema/recipe.ts";
import type { RewardFault } from "#shared/schema/reward-file.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { problemAt } from "#main/core/problems/task-facts.ts";
import { faultOfFile, fileReward } from "#main/core/rewards/files/file-reward.ts";
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
  relativeTo: string | undefined,
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

/** What is wrong with a text as it is written; null where it gives numbers. */
export async function checkRewardText(
  { sandbox, sets }: RewardCheckDeps,
  reward: {
    readonly file: string;
    readonly text: string;
    readonly source?: ProblemData | undefined;
  },
  signal: AbortSignal | undefined,
): Promise<RewardFault | null> {
  const fault = await faultOfFile(sandbox, reward, textInputs(reward.source, sets), signal);
  if (fault === undefined) return null;
  const { message, line, culprit } = fault;
  return {
    message,
    line,
    completion: culprit?.completionText ?? null,
    problemId: culprit?.problem.id ?? null,
  };
}

const SOME: ProblemData = { task: "arithmetic", difficulties: [2] };
const FORM = { answer_format: "tags", max_completion_length: 512 } as const;

/** Of another data where the stage's cannot be asked: what is wrong with it is said elsewhere. */
function textInputs(source: ProblemData | undefined, sets: SetReader): RewardInput[] {
  try {
    return inputsOf({ data: source ?? SOME, ...FORM }, sets);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return inputsOf({ data: SOME, ...FORM }, sets);
  }
}

function inputsOf(
  stage: Pick<GrpoStage, "data" | "answer_format" | "max_completion_length">,
  sets: SetReader,
): RewardInput[] {
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
