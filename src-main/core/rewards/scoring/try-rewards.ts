/** Rewards on completions that exist already: each one's value and why, as a run would give it. */
import type { Sandbox } from "../../sandbox-port.ts";
import type { Run } from "#shared/schema/run.ts";
import type { AnswerFormat } from "#shared/schema/stages/stage-options.ts";
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import { rewardName } from "#shared/schema/reward.ts";
import type { RewardSpec } from "#shared/schema/reward.ts";
import type { TriedCompletion, TriedReward } from "#shared/schema/recipe-draft.ts";
import { explainReward } from "./explain.ts";
import type { RewardInput, RewardValue } from "../reward-input.ts";
import { scoreCompletions, weightedReward } from "./score-completions.ts";
import type { OwnRewards, OwnValue } from "./score-completions.ts";
import { grpoBatches, grpoProblems } from "../../problems/grpo-batches.ts";
import type { Problem } from "../../problems/problem.ts";
import type { OutsideTasks } from "../../problems/outside/outside-task.ts";
import type { SetReader } from "../../problems/problem-supply.ts";
import { judgeTexts } from "../../verifiers/judging/judge-texts.ts";
import { problemAt } from "../../problems/task-facts.ts";

export interface StoredCompletion {
  readonly group: number;
  readonly problemId: string;
  readonly text: string;
  readonly tokens: number;
  readonly finished: boolean;
}

/** A pasted text has no tokens; a token of English is about four characters. */
const CHARACTERS_A_TOKEN = 4;

interface Trial {
  readonly rewards: readonly RewardSpec[];
  readonly maxCompletionLength: number;
  readonly sets: SetReader;
  readonly own: OwnRewards;
  readonly sandbox: Sandbox;
  readonly outside: OutsideTasks;
  readonly signal: AbortSignal;
}

interface TrialResult {
  readonly rewards: TriedReward[];
  readonly completions: TriedCompletion[];
}

type Asked = { readonly problem: Problem; readonly completion: StoredCompletion };

/** Completions that a GRPO run kept of a step, with the problems as that run drew them. Left out: what cannot be drawn again. */
export async function tryOnRollouts(
  trial: Trial,
  run: Run,
  step: number,
  completions: readonly StoredCompletion[],
): Promise<TrialResult> {
  const { config } = run;
  if (config.kind !== "grpo") return { rewards: [], completions: [] };
  const { window, stepsPerBatch } = grpoBatches(config);
  const batch = Math.floor((step - 1) / stepsPerBatch);
  const supply = grpoProblems(config, run.seed, trial);
  const asks = completions.map(({ group }) => batch * window + group);
  if (asks.length > 0)
    await supply.prepareStream(Math.min(...asks), Math.max(...asks) + 1, { signal: trial.signal });
  const problems = new Map<number, Problem>();
  const asked = completions.flatMap((completion): Asked[] => {
    const { group } = completion;
    const problem = problems.get(group) ?? supply.at(batch * window + group);
    problems.set(group, problem);
    return problem.id === completion.problemId ? [{ problem, completion }] : [];
  });
  return tried(trial, asked, config.answer_format);
}

/** Texts for problem number `index` of a stage's data. */
export async function tryOnTexts(
  trial: Trial,
  data: ProblemData,
  index: number,
  texts: readonly string[],
): Promise<TrialResult> {
  const problem = await problemAt(data, index, trial, trial.signal);
  return tryOnProblems(
    trial,
    texts.map((text) => ({ problem, text })),
    "tags",
  );
}

/** Texts for problems; those of one problem are a group. */
export async function tryOnProblems(
  trial: Trial,
  texts: readonly { readonly problem: Problem; readonly text: string }[],
  answerFormat: AnswerFormat,
): Promise<TrialResult> {
  const groups = new Map<string, number>();
  const asked = texts.map(({ problem, text }) => {
    const group = groups.get(problem.id) ?? groups.size;
    groups.set(problem.id, group);
    const tokens = Math.ceil(text.length / CHARACTERS_A_TOKEN);
    const completion = { group, problemId: problem.id, text, tokens, finished: true };
    return { problem, completion };
  });
  return tried(trial, asked, answerFormat);
}

async function tried(
  { rewards, maxCompletionLength, own, sandbox, outside, signal }: Trial,
  asked: readonly Asked[],
  answerFormat: AnswerFormat,
): Promise<TrialResult> {
  const scores = await judgeTexts(
    asked.map(({ problem, completion }) => ({ problem, text: completion.text })),
    { scoring: "strict", format: answerFormat, sandbox, outside, signal },
  );
  const inputs = asked.flatMap(({ problem, completion }, i): (Asked & { input: RewardInput })[] => {
    const score = scores[i];
    if (score === undefined) return [];
    const input = {
      problem,
      score,
      answerFormat,
      completionText: completion.text,
      completionTokens: completion.tokens,
      finished: completion.finished,
      maxCompletionLength,
    };
    return [{ problem, completion, input }];
  });
  const byGroup = [...Map.groupBy(inputs, ({ completion }) => completion.group).values()];
  const groups = byGroup.map((group) => group.map(({ input }) => input));
  const columns: {
    readonly spec: RewardSpec;
    readonly values: readonly (readonly OwnValue[])[];
    readonly msPerCompletion: number;
  }[] = [];
  for (const spec of rewards) {
    const begun = performance.now();
    const values = (await scoreCompletions([spec], groups, own)).map((group) =>
      group.map(({ parts }): OwnValue => parts[0] ?? { value: null }),
    );
    const ms = performance.now() - begun;
    columns.push({ spec, values, msPerCompletion: inputs.length === 0 ? 0 : ms / inputs.length });
  }
  return {
    rewards: columns.map(({ spec, values, msPerCompletion }) => ({
      name: rewardName(spec),
      weight: spec.weight,
      ...summaryOf(values.map((group) => group.map(({ value }) => value))),
      msPerCompletion,
    })),
    completions: byGroup.flatMap((group, g) =>
      group.map(({ problem, completion, input }, i) => {
        const parts = columns.map(({ spec, values }) => {
          const found = values[g]?.[i] ?? { value: null };
          const why = explainReward(spec, input, groups[g] ?? [], found);
          return { name: rewardName(spec), weight: spec.weight, value: found.value, why };
        });
        return {
          id: problem.id,
          prompt: problem.prompt,
          completion: completion.text,
          gold: problem.gold ?? "",
          group: completion.group,
          rewards: parts,
          total: weightedReward(parts),
        };
      }),
    ),
  };
}

/** Over the values that apply, and in how many groups they tell completions apart. */
function summaryOf(
  groups: readonly (readonly RewardValue[])[],
): Omit<TriedReward, "name" | "weight" | "msPerCompletion"> {
  const all = groups.flat().filter((value) => value !== null);
  const sum = all.reduce((total, value) => total + value, 0);
  const mean = all.length === 0 ? null : sum / all.length;
  const squares = all.reduce((total, value) => total + (value - (mean ?? 0)) ** 2, 0);
  const several = groups.filter((group) => group.length > 1);
  return {
    count: all.length,
    mean,
    std: all.length < 2 ? null : Math.sqrt(squares / (all.length - 1)),
    groups: several.length,
    groupsWithSpread: several.filter(
      (group) => new Set(group.filter((value) => value !== null)).size > 1,
    ).length,
  };
}
