/** A stage's judges: are their endpoints and rubrics there, what will they cost, did people ever agree with them? */
import { AppError } from "#shared/errors.ts";
import type { Endpoint } from "#shared/schema/endpoint.ts";
import type { Agreement } from "#shared/schema/judge.ts";
import { rewardsOfStage } from "#shared/schema/stage-rewards.ts";
import type { RewardedStage } from "#shared/schema/stage-rewards.ts";
import { rewardName } from "#shared/schema/reward.ts";
import type { JudgeReward } from "#shared/schema/reward.ts";
import { agreementText } from "#shared/agreement-text.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import type { OutsideTasks } from "#main/core/problems/outside/outside-task.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { problemsAt } from "#main/core/problems/task-facts.ts";
import { judgeMessages, questionedText } from "#main/core/rewards/judges/judge-prompt.ts";
import type { Store } from "#main/store/store.ts";
import type { Endpoints } from "../../endpoints/endpoints.ts";
import { agreementOf } from "../../judges/agreement-of.ts";
import type { RewardFiles } from "../reward-files.ts";
import { checkEndpointCost } from "./endpoint-cost.ts";
import type { Finding } from "./recipe-finding.ts";
import { StagePlace, tried } from "./stage-place.ts";

export interface JudgeCheckDeps {
  readonly store: Store;
  readonly endpoints: Endpoints;
  readonly rewardFiles: RewardFiles;
  readonly sets: SetReader;
  readonly tasks: OutsideTasks;
}

const LOOKED_AT = 3;
/** Of English; a judge's tokenizer is not known here. */
const CHARACTERS_A_TOKEN = 4;

export async function judgeFindings(
  deps: JudgeCheckDeps,
  stage: RewardedStage,
  index: number,
  relativeTo: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const place = new StagePlace(stage, index, findings);
  const rewards = rewardsOfStage(stage);
  if (!rewards.some((spec) => "judge" in spec)) return findings;
  const problems = await problemsOf(stage, deps, signal);
  rewards.forEach((spec, at) => {
    if ("judge" in spec)
      checkJudge(stage, spec, `rewards.${at}`, place, deps, relativeTo, problems);
  });
  return findings;
}

function checkJudge(
  stage: RewardedStage,
  spec: JudgeReward,
  key: string,
  place: StagePlace,
  deps: JudgeCheckDeps,
  relativeTo: string | undefined,
  problems: readonly Problem[],
): void {
  const endpoint = tried(`${key}.judge`, place, () => deps.endpoints.named(spec.judge));
  const rubric = rubricOf(spec, key, place, deps, relativeTo, problems);
  if (endpoint === undefined || rubric === undefined) return;
  checkCost(stage, spec, key, place, endpoint, rubric, problems);
  checkTrust(spec, key, place, agreementOf(deps, spec, relativeTo));
}

/** A rubric's text as it will be asked with. */
function rubricOf(
  spec: JudgeReward,
  key: string,
  place: StagePlace,
  { rewardFiles }: JudgeCheckDeps,
  relativeTo: string | undefined,
  problems: readonly Problem[],
): string | undefined {
  const { rubric: file, sha256 } = spec;
  if (file !== undefined) {
    return tried(`${key}.rubric`, place, () => rewardFiles.text({ file, sha256 }, relativeTo));
  }
  if (problems.length === 0) return undefined;
  const own = problems.map(
    (problem) => questionedText({ problem, completionText: "" }).rubric ?? "",
  );
  if (own.every((text) => text !== "")) return own[0] ?? "";
  place.add(`${key}.judge`, {
    message: `the judge names no rubric, and the problems have no column "rubric".`,
    advice: "Write what counts into a Markdown file, and name it: rubric: rubrics/story.md.",
  });
  return undefined;
}

function checkCost(
  stage: RewardedStage,
  spec: JudgeReward,
  key: string,
  place: StagePlace,
  endpoint: Endpoint,
  rubric: string,
  problems: readonly Problem[],
): void {
  const requests = judgedCompletions(stage);
  const asked = problems.map(({ prompt, gold }) =>
    judgeMessages(
      { rubric, prompt, reference: spec.reference ? gold : null, text: "" },
      spec.scale,
    ).reduce((sum, { content }) => sum + content.length, 0),
  );
  const words =
    asked.reduce((sum, length) => sum + length, 0) / Math.max(1, asked.length) / CHARACTERS_A_TOKEN;
  checkEndpointCost(place, key, "judge", endpoint, {
    what: "completions to judge",
    requests,
    tokensIn: requests * (words + stage.max_completion_length),
    tokensOut: requests * spec.max_tokens,
    cap: spec.cap,
    model: spec.model,
  });
}

/** At most: of solutions that are chosen among, a stage judges those that nothing else left out. */
function judgedCompletions(stage: RewardedStage): number {
  if (stage.kind !== "grpo") return stage.num_prompts * stage.num_generations;
  const { max_steps: steps, num_iterations: iterations } = stage;
  const rows = stage.per_device_train_batch_size * stage.gradient_accumulation_steps;
  return Math.ceil((steps * rows) / iterations);
}

function checkTrust(
  spec: JudgeReward,
  key: string,
  place: StagePlace,
  found: Agreement | null,
): void {
  if (found !== null)
    place.add(`${key}.rubric`, {
      level: "note",
      message: `compared with people: ${agreementText(found)}`,
    });
  else
    place.add(`${key}.rubric`, {
      level: "warning",
      message: `nobody has compared ${rewardName(spec)} with people's ratings by this rubric and model.`,
      advice: "gradus rewards agree does, on texts that people have rated.",
    });
}

/** None where the data cannot be drawn: that is said elsewhere. */
async function problemsOf(
  { data }: RewardedStage,
  { sets, tasks: outside }: JudgeCheckDeps,
  signal: AbortSignal | undefined,
): Promise<readonly Problem[]> {
  try {
    return await problemsAt(data, 0, LOOKED_AT, { sets, outside }, signal);
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
