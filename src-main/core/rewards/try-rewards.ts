/** Rewards on completions that exist already: each one's value and why, as a run would give it. */
import type { Run } from "#shared/schema/run.ts";
import type { AnswerFormat, ProblemData, RewardSpec } from "#shared/schema/recipe.ts";
import type { TriedCompletion, TriedReward } from "#shared/schema/recipe-draft.ts";
import { explainReward } from "./explain.ts";
import { scoreCompletion } from "./score-completion.ts";
import { grpoBatches, grpoProblems } from "../problems/grpo-batches.ts";
import type { Problem } from "../problems/problem.ts";
import type { SetReader } from "../problems/problem-supply.ts";
import { scoreText } from "../verifiers/score-text.ts";
import { problemAt } from "../problems/task-facts.ts";

export interface StoredCompletion {
  readonly group: number;
  readonly problemId: string;
  readonly text: string;
  readonly tokens: number;
  readonly finished: boolean;
}

/** A pasted text has no tokens; a token of English is about four characters. */
const CHARACTERS_A_TOKEN = 4;

/** Completions that a GRPO run kept of a step, with the problems as that run drew them. Left out: what cannot be drawn again. */
export function tryOnRollouts(
  rewards: readonly RewardSpec[],
  maxCompletionLength: number,
  run: Run,
  step: number,
  completions: readonly StoredCompletion[],
  sets: SetReader,
): TriedCompletion[] {
  const { config } = run;
  if (config.kind !== "grpo") return [];
  const { groups, stepsPerBatch } = grpoBatches(config);
  const batch = Math.floor((step - 1) / stepsPerBatch);
  const supply = grpoProblems(config, run.seed, sets);
  const problems = new Map<number, Problem>();
  return completions.flatMap((completion) => {
    const { group } = completion;
    const problem = problems.get(group) ?? supply.at(batch * groups + group);
    problems.set(group, problem);
    if (problem.id !== completion.problemId) return [];
    return [tried(rewards, maxCompletionLength, problem, completion, config.answer_format)];
  });
}

/** Texts for problem number `index` of a stage's data. */
export function tryOnTexts(
  rewards: readonly RewardSpec[],
  maxCompletionLength: number,
  data: ProblemData,
  index: number,
  texts: readonly string[],
  sets: SetReader,
): TriedCompletion[] {
  const problem = problemAt(data, index, sets);
  return texts.map((text) =>
    tried(rewards, maxCompletionLength, problem, {
      group: 0,
      problemId: problem.id,
      text,
      tokens: Math.ceil(text.length / CHARACTERS_A_TOKEN),
      finished: true,
    }),
  );
}

/** By reward: its mean, and in how many groups it tells completions apart. */
export function summarizeTrial(
  rewards: readonly RewardSpec[],
  completions: readonly TriedCompletion[],
): TriedReward[] {
  const groups = [...Map.groupBy(completions, ({ group }) => group).values()];
  return rewards.map(({ name, weight }) => {
    const valuesOf = (some: readonly TriedCompletion[]): number[] =>
      some.flatMap((one) => one.rewards.find((reward) => reward.name === name)?.value ?? []);
    const all = valuesOf(completions);
    const several = groups.filter((group) => group.length > 1);
    return {
      name,
      weight,
      count: all.length,
      mean: all.length === 0 ? null : all.reduce((sum, value) => sum + value, 0) / all.length,
      groups: several.length,
      groupsWithSpread: several.filter((group) => new Set(valuesOf(group)).size > 1).length,
    };
  });
}

function tried(
  specs: readonly RewardSpec[],
  maxCompletionLength: number,
  problem: Problem,
  completion: StoredCompletion,
  answerFormat: AnswerFormat = "tags",
): TriedCompletion {
  const input = {
    problem,
    score: scoreText(problem, completion.text, "strict", answerFormat),
    answerFormat,
    completionText: completion.text,
    completionTokens: completion.tokens,
    finished: completion.finished,
    maxCompletionLength,
  };
  const { parts, total } = scoreCompletion(specs, input);
  return {
    prompt: problem.prompt,
    completion: completion.text,
    gold: problem.gold ?? "",
    group: completion.group,
    rewards: parts.map(({ spec, weight, value }) => ({
      name: spec.name,
      weight,
      value,
      why: explainReward(spec, input, value),
    })),
    total,
  };
}
