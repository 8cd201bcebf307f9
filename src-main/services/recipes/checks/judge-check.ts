/** A stage's judges: are their endpoints and rubrics there, what will they cost, did people ever agree with them? */
import { AppError } from "#shared/errors.ts";
import type { Endpoint } from "#shared/schema/endpoint.ts";
import type { Agreement } from "#shared/schema/judge.ts";
import { rewardsOfStage } from "#shared/schema/stage-rewards.ts";
import type { RewardedStage } from "#shared/schema/stage-rewards.ts";
import { rewardName } from "#shared/schema/reward.ts";
import type { JudgeReward } from "#shared/schema/reward.ts";
import { agreementText } from "#shared/agreement-text.ts";
import type { DataSource } from "#shared/schema/stages/problem-data.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import type { OutsideTasks } from "#main/core/problems/outside/outside-task.ts";
import { sourcesOf } from "#main/core/problems/problem-supply.ts";
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

/** Of each source. */
const LOOKED_AT = 3;

/** Problems of a source that a stage asks in these shares of its prompts. */
type LookedAt = {
  readonly source: DataSource;
  readonly share: number;
  readonly problems: readonly Problem[];
};
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
  const sources = await lookedAt(stage, deps, signal);
  rewards.forEach((spec, at) => {
    if ("judge" in spec) checkJudge(stage, spec, `rewards.${at}`, place, deps, relativeTo, sources);
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
  sources: readonly LookedAt[],
): void {
  const endpoint = tried(`${key}.judge`, place, () => deps.endpoints.named(spec.judge));
  const common = commonRubric(spec, key, place, deps, relativeTo);
  if (spec.rubric !== undefined && common === undefined) return;
  const judged = sources.filter(
    ({ problems }) => common !== undefined || problems.some((problem) => ownRubric(problem) !== ""),
  );
  if (sources.length > 0 && judged.length === 0)
    place.add(`${key}.judge`, {
      message: `the judge names no rubric, and the problems have no column "rubric".`,
      advice: "Write what counts into a Markdown file, and name it: rubric: rubrics/story.md.",
    });
  if (endpoint === undefined || judged.length === 0) return;
  if (judged.length < sources.length) notePart(key, place, sources, judged);
  checkCost(stage, spec, key, place, endpoint, common, judged);
  checkTrust(spec, key, place, agreementOf(deps, spec, relativeTo));
}

/** The text of the rubric that the judge has for all problems; undefined where it has each problem's own, or cannot be read. */
function commonRubric(
  { rubric: file, sha256 }: JudgeReward,
  key: string,
  place: StagePlace,
  { rewardFiles }: JudgeCheckDeps,
  relativeTo: string | undefined,
): string | undefined {
  if (file === undefined) return undefined;
  return tried(`${key}.rubric`, place, () => rewardFiles.text({ file, sha256 }, relativeTo));
}

function ownRubric(problem: Problem): string {
  return questionedText({ problem, completionText: "" }).rubric ?? "";
}

/** Of a mix: which problems the judge says nothing of, so that other rewards alone count there. */
function notePart(
  key: string,
  place: StagePlace,
  sources: readonly LookedAt[],
  judged: readonly LookedAt[],
): void {
  const names = (list: readonly LookedAt[]): string =>
    list.map(({ source }) => ("task" in source ? source.task : source.problems)).join(", ");
  const others = sources.filter((one) => !judged.includes(one));
  place.add(`${key}.judge`, {
    level: "note",
    message: `judges the completions of ${names(judged)} alone: the problems of ${names(others)} have no column "rubric"`,
  });
}

function checkCost(
  stage: RewardedStage,
  spec: JudgeReward,
  key: string,
  place: StagePlace,
  endpoint: Endpoint,
  common: string | undefined,
  judged: readonly LookedAt[],
): void {
  const share = judged.reduce((sum, one) => sum + one.share, 0);
  const requests = Math.ceil(share * judgedCompletions(stage));
  const words = judged.reduce((sum, one) => sum + (one.share / share) * wordsOf(one), 0);
  function wordsOf({ problems }: LookedAt): number {
    const asked = problems.map((problem) => {
      const { prompt, gold } = problem;
      const rubric = common ?? ownRubric(problem);
      const question = { rubric, prompt, reference: spec.reference ? gold : null, text: "" };
      const messages = judgeMessages(question, spec.scale);
      return messages.reduce((sum, { content }) => sum + content.length, 0);
    });
    const all = asked.reduce((sum, length) => sum + length, 0);
    return all / Math.max(1, asked.length) / CHARACTERS_A_TOKEN;
  }
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
async function lookedAt(
  { data }: RewardedStage,
  { sets, tasks: outside }: JudgeCheckDeps,
  signal: AbortSignal | undefined,
): Promise<readonly LookedAt[]> {
  const sources = sourcesOf(data);
  const weights = sources.reduce((sum, { weight }) => sum + (weight ?? 1), 0);
  try {
    const looked: LookedAt[] = [];
    for (const source of sources) {
      // eslint-disable-next-line no-await-in-loop -- tasks elsewhere share one process
      const problems = await problemsAt(source, 0, LOOKED_AT, { sets, outside }, signal);
      looked.push({ source, share: (source.weight ?? 1) / weights, problems });
    }
    return looked;
  } catch (error) {
    if (error instanceof AppError) return [];
    throw error;
  }
}
