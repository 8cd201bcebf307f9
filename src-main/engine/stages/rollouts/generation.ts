/**
 * A batch of rollouts: for each prompt a group of completions is sampled, each completion is graded by the rewards, and
 * each is compared with its group (DeepSeekMath, algorithm 1, lines 5 to 9).
 */
import type { Rollout } from "#shared/schema/engine-protocol.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { rewardName } from "#shared/schema/reward.ts";
import { hash32 } from "#main/platform/random.ts";
import type { GrpoBatches } from "#main/core/problems/grpo-batches.ts";
import type { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { scoreCompletions } from "#main/core/rewards/scoring/score-completions.ts";
import type { CompletionScore, OwnRewards } from "#main/core/rewards/scoring/score-completions.ts";
import { unjudgedProblems } from "#main/core/rewards/scoring/unjudged-problems.ts";
import type { RewardInput } from "#main/core/rewards/reward-input.ts";
import { promptIds } from "#main/core/text/prompt-ids.ts";
import { stopIds } from "#main/core/text/templates/stop-ids.ts";
import type { Tokenizer } from "#main/core/text/tokenizer.ts";
import { judgeTexts } from "#main/core/verifiers/judging/judge-texts.ts";
import type { LanguageModel } from "../../model/language-model.ts";
import { explainedVariance } from "../../objectives/critic-advantages.ts";
import { momentsOf } from "../../objectives/whitening.ts";
import { estimateAdvantages } from "../../objectives/estimate-advantages.ts";
import type { EstimatedAdvantages } from "../../objectives/estimate-advantages.ts";
import { neutralRewards } from "../../objectives/neutral-rewards.ts";
import { meanPenalty, rewardPenalties } from "../../objectives/reward-penalty.ts";
import type { Completion } from "../../sampling/cache-row.ts";
import type { Sampler } from "../../sampling/sampler.ts";
import { completionText } from "./completion-text.ts";
import { chosenGroups, isMixed } from "./dynamic-sampling.ts";
import { preparing } from "../session/stage-problems.ts";
import type { StageCritic } from "../session/stage-critic.ts";
import type { StageSession } from "../session/stage-session.ts";
import { withAdvantage } from "../../training/policy-row.ts";
import type { PolicyRow, RowLogprobs } from "../../training/policy-row.ts";
import type { PolicyTrainer } from "../../training/policy-trainer.ts";

/** Rows and rollouts are of the same completions in the same order, group after group. */
export type Generation = Pick<EstimatedAdvantages, "batchStd" | "fracZeroStd"> & {
  readonly rows: readonly PolicyRow[];
  /** Of the rows under the weights that sampled them. */
  readonly logprobs: readonly RowLogprobs[];
  /** KL that was taken off the rewards, in nats a token; null where it is not, or where nothing counts. */
  readonly kl: number | null;
  /** What a critic expected of the tokens, in the reward's unit, and how much of what came it knew; null without one. */
  readonly critic: {
    readonly mean: number;
    /** See `explainedVariance`. */
    readonly explainedVariance: number | null;
  } | null;
  readonly rollouts: readonly Rollout[];
  /** Of the problems that have any, by their ids. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
  /** The tasks or problem sets of the problems, by their ids. */
  readonly sources: ReadonlyMap<string, string>;
  /** Ids of the problems whose answers nothing judges: see `unjudgedProblems`. */
  readonly unjudged: ReadonlySet<string>;
  /** Completions of which a judge gave no verdict that can be used, by the judge's name. */
  readonly unusable: ReadonlyMap<string, number>;
  /** Tokens sampled. */
  readonly tokens: number;
  readonly seconds: number;
  /** Of them, on verifiers and rewards. */
  readonly gradingSeconds: number;
  /** How often the batch was sampled; null without filter_groups. */
  readonly sampledBatches: number | null;
};

export type GenerationRequest = {
  readonly session: StageSession;
  readonly stage: GrpoStage;
  readonly batches: GrpoBatches;
  readonly model: LanguageModel;
  readonly tokenizer: Tokenizer;
  readonly sampler: Sampler;
  readonly trainer: PolicyTrainer;
  readonly critic: StageCritic | null;
  readonly problems: ProblemSupply;
  readonly ownRewards: OwnRewards;
  /** Number of the batch, from 0: prompts and noise depend on it and on the seed alone. */
  readonly index: number;
  /** Optimizer steps done before it. */
  readonly step: number;
};

type Group = {
  /** Of the batch, counted through all that was sampled for it. */
  readonly group: number;
  readonly problem: Problem;
  readonly promptIds: readonly number[];
  readonly completions: readonly Completion[];
};

type GradedCompletion = {
  readonly problem: Problem;
  readonly promptIds: readonly number[];
  /** Of the batch, and of the completion in it. */
  readonly group: number;
  readonly index: number;
  readonly completion: Completion;
  readonly text: string;
  /** False where the completion hit the length limit. */
  readonly finished: boolean;
  readonly score: CompletionScore;
  /** By the verifier alone, whatever the rewards are. */
  readonly correct: boolean;
};

export async function generate(request: GenerationRequest): Promise<Generation> {
  const begun = performance.now();
  const { graded, sampledBatches, sampledTokens, gradingSeconds } = await gradedBatch(request);
  const seconds = (performance.now() - begun) / 1000;
  const rows = graded.map(({ promptIds: prompt, completion, finished }): PolicyRow => ({
    promptIds: prompt,
    completionIds: completion.ids,
    finished,
    advantage: 0,
    sampledLogprobs: completion.logprobs,
  }));
  const { stage, session, trainer, model, critic } = request;
  const logprobs = trainer.score(rows);
  const lengths = rows.map((row) => row.promptIds.length + row.completionIds.length);
  session.meter.addScoring(model, lengths, trainer.scoringPasses);
  if (critic?.trainer) session.meter.addScoring(critic.trainer.model, lengths);
  const values =
    critic === null
      ? null
      : (critic.trainer?.score(rows) ?? logprobs.map((one) => one.values ?? new Float32Array()));
  const scored = rows.map((row, i) => ({
    old: logprobs[i]?.old ?? null,
    reference: logprobs[i]?.reference ?? null,
    counts: !trainer.isMasked(row),
  }));
  const penalties = stage.use_kl_in_reward ? rewardPenalties(scored, stage) : null;
  const compared = compareInGroups(stage, graded, penalties, values);
  const { advantages, tokenAdvantages, targets, batchStd, fracZeroStd } = compared;
  return {
    rows: rows.map((row, i) =>
      withAdvantage(row, advantages[i], tokenAdvantages?.[i], targets?.[i]),
    ),
    logprobs,
    kl: penalties === null ? null : meanPenalty(scored, penalties, stage.beta),
    rollouts: graded.map((one, i) => rolloutOf(one, advantages[i] ?? 0, request.step + 1)),
    tags: new Map(
      graded.flatMap(({ problem: { id, tags } }) => (tags === undefined ? [] : [[id, tags]])),
    ),
    sources: new Map(graded.map(({ problem: { id, source } }) => [id, source])),
    unjudged: unjudgedProblems(
      stage.rewards,
      graded.map(({ problem }) => problem),
    ),
    ...{ batchStd, fracZeroStd },
    critic:
      values === null || targets === null
        ? null
        : { mean: momentsOf(values).mean, explainedVariance: explainedVariance(targets) },
    unusable: unusableOf(request.stage, graded),
    tokens: sampledTokens,
    sampledBatches,
    seconds,
    gradingSeconds,
  };
}

/** Samples and grades the batch; with `filter_groups` again, until enough of its prompts teach something. */
async function gradedBatch(request: GenerationRequest): Promise<{
  readonly graded: readonly GradedCompletion[];
  readonly sampledBatches: number | null;
  readonly sampledTokens: number;
  readonly gradingSeconds: number;
}> {
  const { stage, batches } = request;
  const sampled: (readonly GradedCompletion[])[] = [];
  let gradingSeconds = 0;
  let round = 0;
  const most = stage.filter_groups ? stage.max_num_gen_batches : 1;
  do {
    // eslint-disable-next-line no-await-in-loop -- whether a further round is needed is known after this one
    const groups = await sampleGroups(request, round);
    const begun = performance.now();
    // eslint-disable-next-line no-await-in-loop
    const graded = await gradeGroups(request, groups);
    gradingSeconds += (performance.now() - begun) / 1000;
    sampled.push(...Map.groupBy(graded, ({ group }) => group).values());
    round += 1;
  } while (round < most && sampled.filter(isMixed).length < batches.groups);
  return {
    graded: (stage.filter_groups ? chosenGroups(sampled, batches.groups) : sampled).flat(),
    sampledBatches: stage.filter_groups ? round : null,
    sampledTokens: sampled.flat().reduce((sum, { completion }) => sum + completion.ids.length, 0),
    gradingSeconds,
  };
}

async function sampleGroups(request: GenerationRequest, round: number): Promise<Group[]> {
  const { session, stage, batches, model, tokenizer, sampler, problems, index, step } = request;
  const { seed } = session.request;
  const first = index * batches.window + round * batches.groups;
  if (stage.filter_groups)
    await problems.prepareStream(first, first + batches.groups, preparing(session));
  const prompts = Array.from({ length: batches.groups }, (_, place) => {
    const problem = problems.at(first + place);
    const group = round * batches.groups + place;
    return { group, problem, promptIds: promptIds(tokenizer, problem, stage) };
  });
  session.progress(step, stage.max_steps, "steps", "sampling", null);
  const completions = await sampler.generate(
    prompts.map(({ group, promptIds: ids }) => ({
      promptIds: ids,
      seeds: Array.from({ length: stage.num_generations }, (_, i) => hash32(seed, index, group, i)),
    })),
    { ...stage, stopIds: stopIds(tokenizer, model.config.eosTokenIds), signal: session.signal },
  );
  const groups = prompts.map((prompt, place) => ({
    ...prompt,
    completions: completions[place] ?? [],
  }));
  for (const group of groups)
    session.meter.addSampling(
      model,
      group.promptIds.length,
      group.completions.map(({ ids }) => ids.length),
    );
  return groups;
}

async function gradeGroups(
  { session, stage, tokenizer, ownRewards }: GenerationRequest,
  groups: readonly Group[],
): Promise<GradedCompletion[]> {
  const sampled = groups.flatMap(({ completions, ...prompt }) =>
    completions.map((completion, index) => {
      const text = completionText(tokenizer, completion);
      return { ...prompt, index, completion, text };
    }),
  );
  const scores = await judgeTexts(sampled, session.judging("strict", stage.answer_format));
  const judged = sampled.map((one, at) => {
    const score = scores[at];
    if (score === undefined) throw new Error("a completion without a verdict");
    const input: RewardInput = {
      problem: one.problem,
      score,
      answerFormat: stage.answer_format,
      completionText: one.text,
      completionTokens: one.completion.ids.length,
      finished: one.completion.finishReason === "stop",
      maxCompletionLength: stage.max_completion_length,
    };
    return { ...one, input };
  });
  const byGroup = groups.map(({ group }) => judged.filter((one) => one.group === group));
  const rewarded = await scoreCompletions(
    stage.rewards,
    byGroup.map((group) => group.map(({ input }) => input)),
    ownRewards,
  );
  return byGroup.flatMap((group, at) =>
    group.map(({ input, ...one }, index) => {
      const score = rewarded[at]?.[index];
      if (score === undefined) throw new Error("a completion without a score");
      return { ...one, finished: input.finished, score, correct: input.score.correct };
    }),
  );
}

function unusableOf(
  { rewards }: GrpoStage,
  graded: readonly GradedCompletion[],
): ReadonlyMap<string, number> {
  return new Map(
    rewards.flatMap((spec, place) =>
      "judge" in spec
        ? [
            [
              rewardName(spec),
              graded.filter(({ score }) => score.parts[place]?.unusable === true).length,
            ] as const,
          ]
        : [],
    ),
  );
}

function compareInGroups(
  stage: GrpoStage,
  graded: readonly GradedCompletion[],
  penalties: readonly Float64Array[] | null,
  values: readonly Float32Array[] | null,
): EstimatedAdvantages {
  const rows = graded.map(({ score }) => score.parts.map(({ value }) => value));
  const weights = stage.rewards.map(({ weight }) => weight);
  return estimateAdvantages(stage, {
    totals: neutralRewards(rows, weights, stage.num_generations),
    rows,
    weights,
    lengths: graded.map(({ completion }) => completion.ids.length),
    penalties,
    finished: graded.map(({ finished }) => finished),
    values,
  });
}

function rolloutOf(graded: GradedCompletion, advantage: number, step: number): Rollout {
  const { problem, group, index, completion, text, score, correct } = graded;
  return {
    step,
    group,
    index,
    problemId: problem.id,
    difficulty: problem.difficulty,
    prompt: problem.prompt,
    completion: text,
    completionIds: [...completion.ids],
    logprobs: [...completion.logprobs],
    rewards: Object.fromEntries(score.parts.map(({ spec, value }) => [rewardName(spec), value])),
    reward: score.total ?? 0,
    advantage,
    correct,
    finishReason: completion.finishReason,
  };
}
