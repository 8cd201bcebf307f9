/** Grades the solutions of some problems and keeps those that a stage is to learn from. */
import type { AnswerFormat, SamplingOptions } from "#shared/schema/stages/stage-options.ts";
import type { TraceSelection as SelectionOptions } from "#shared/schema/stages/trace-options.ts";
import type { TraceSelection } from "#main/core/curation/trace-selection.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { formatReward } from "#main/core/rewards/format.ts";
import type { RewardInput } from "#main/core/rewards/reward-input.ts";
import { scoreCompletions } from "#main/core/rewards/scoring/score-completions.ts";
import { judgeTexts } from "#main/core/verifiers/judging/judge-texts.ts";
import { ownRewardsOf } from "../session/stage-rewards.ts";
import type { StageSession } from "../session/stage-session.ts";
import type { SolvedChunk } from "./solved-chunk.ts";

export type Trace = { readonly problem: Problem; readonly text: string };

export type KeepOptions = SelectionOptions &
  Pick<SamplingOptions, "max_completion_length"> & { readonly answer_format: AnswerFormat };

type Admitted = Trace & Pick<RewardInput, "score" | "completionTokens">;

/** In the problems' order, of each the best first. */
export async function keepTraces(
  session: StageSession,
  { problems, solutions }: Pick<SolvedChunk, "problems" | "solutions">,
  selection: TraceSelection,
  options: KeepOptions,
): Promise<Trace[]> {
  const sampled = problems.flatMap((problem, i) =>
    (solutions[i] ?? []).map((solution) => ({
      ...solution,
      problem,
      formed:
        formatReward({ completionText: solution.text, answerFormat: options.answer_format }) === 1,
    })),
  );
  // What is left out anyway is not judged: a verifier may run code.
  const asked = sampled.filter(
    ({ finished, formed }) => finished && (formed || !options.require_format),
  );
  const scores = await judgeTexts(asked, session.judging("strict", options.answer_format));
  const scoreOf = new Map(asked.map((one, at) => [one, scores[at]]));
  const admitted = sampled.flatMap((one): Admitted[] => {
    const score = scoreOf.get(one);
    const { problem, text, tokens } = one;
    const correct = score?.correct === true;
    const isIn = selection.admits({ ...one, prompt: problem.prompt, correct });
    return isIn && score !== undefined ? [{ problem, text, score, completionTokens: tokens }] : [];
  });
  const groups = [...Map.groupBy(admitted, ({ problem }) => problem).values()];
  const rewards = await rewardsOf(session, groups, options);
  return groups.flatMap((group, at) =>
    selection
      .best(group.map((one, i) => ({ ...one, reward: rewards[at]?.[i] ?? null })))
      .map(({ problem, text }) => ({ problem, text })),
  );
}

/** Weighted sums, in the groups' order; none where the stage has no rewards. */
async function rewardsOf(
  session: StageSession,
  groups: readonly (readonly Admitted[])[],
  { rewards, answer_format, max_completion_length }: KeepOptions,
): Promise<(readonly (number | null)[])[]> {
  if (rewards === undefined) return [];
  const inputs = groups.map((group) =>
    group.map(({ problem, score, text, completionTokens }): RewardInput => ({
      problem,
      score,
      answerFormat: answer_format,
      completionText: text,
      completionTokens,
      finished: true,
      maxCompletionLength: max_completion_length,
    })),
  );
  const scored = await scoreCompletions(rewards, inputs, ownRewardsOf(session));
  return scored.map((group) => group.map(({ total }) => total));
}
