/** A stage's rewards in files of one's own, run on three of its problems before anything is started. */
import { AppError } from "#shared/errors.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import { rewardsOfStage } from "#shared/schema/stage-rewards.ts";
import type { RewardedStage } from "#shared/schema/stage-rewards.ts";
import type { RewardFault } from "#shared/schema/reward-file.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import type { OutsideTasks } from "#main/core/problems/outside/outside-task.ts";
import { problemsAt } from "#main/core/problems/task-facts.ts";
import { faultOfFile, fileReward } from "#main/core/rewards/files/file-reward.ts";
import type { RewardInput, RewardValue } from "#main/core/rewards/reward-input.ts";
import type { Sandbox } from "#main/core/sandbox-port.ts";
import { judgeTexts } from "#main/core/verifiers/judging/judge-texts.ts";
import type { RewardFiles } from "../reward-files.ts";
import type { Finding } from "./recipe-finding.ts";

const PROBLEMS = 3;

/** The completions are worked solutions where the problems have them, else empty. */
export async function rewardFindings(
  deps: RewardCheckDeps,
  stage: RewardedStage,
  index: number,
  relativeTo: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  const { sandbox, rewardFiles } = deps;
  const findings: Finding[] = [];
  for (const [place, spec] of rewardsOfStage(stage).entries()) {
    if (!("file" in spec)) continue;
    try {
      const text = rewardFiles.runnable(spec, relativeTo);
      const inputs = await inputsOf(stage, deps, signal);
      const reward = { ...spec, text };
      const values = await fileReward(sandbox, reward, inputs, signal);
      const again = await fileReward(sandbox, reward, inputs.toReversed(), signal);
      if (!isAlike(values, again.toReversed()))
        findings.push({
          path: ["stages", index, "rewards", place, "file"],
          level: "warning",
          message: `${spec.file} gives the same completions other values in another order: it keeps something between them, or draws numbers`,
          advice: "Make each value depend on its completion, its group and the columns alone.",
        });
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

/** Sums over a group may differ in their last digits. */
const LAST_DIGITS = 1e-6;

function isAlike(values: readonly RewardValue[], again: readonly RewardValue[]): boolean {
  return values.every((value, i) => {
    const other = again[i] ?? null;
    if (value === null || other === null) return value === other;
    return Math.abs(value - other) <= LAST_DIGITS * Math.max(1, Math.abs(value));
  });
}

export interface RewardCheckDeps {
  readonly sandbox: Sandbox;
  readonly rewardFiles: RewardFiles;
  readonly sets: SetReader;
  readonly tasks: OutsideTasks;
}

/** What is wrong with a text as it is written; null where it gives numbers. */
export async function checkRewardText(
  deps: RewardCheckDeps,
  reward: {
    readonly file: string;
    readonly text: string;
    readonly source?: ProblemData | undefined;
  },
  signal: AbortSignal | undefined,
): Promise<RewardFault | null> {
  const inputs = await textInputs(reward.source, deps, signal);
  const fault = await faultOfFile(deps.sandbox, reward, inputs, signal);
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
async function textInputs(
  source: ProblemData | undefined,
  deps: RewardCheckDeps,
  signal: AbortSignal | undefined,
): Promise<RewardInput[]> {
  try {
    return await inputsOf({ data: source ?? SOME, ...FORM }, deps, signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return inputsOf({ data: SOME, ...FORM }, deps, signal);
  }
}

async function inputsOf(
  stage: Pick<GrpoStage, "data" | "answer_format" | "max_completion_length">,
  { sandbox, sets, tasks: outside }: RewardCheckDeps,
  signal: AbortSignal = new AbortController().signal,
): Promise<RewardInput[]> {
  const problems = await problemsAt(stage.data, 0, PROBLEMS, { sets, outside }, signal);
  const texts = problems.map((problem) => ({ problem, text: problem.solution() ?? "" }));
  const format = stage.answer_format;
  const scores = await judgeTexts(texts, { scoring: "strict", format, sandbox, outside, signal });
  return texts.flatMap(({ problem, text: completionText }, i) => {
    const score = scores[i];
    if (score === undefined) return [];
    return {
      problem,
      score,
      answerFormat: stage.answer_format,
      completionText,
      completionTokens: Math.ceil(completionText.length / 4),
      finished: true,
      maxCompletionLength: stage.max_completion_length,
    };
  });
}
