/** The signs of one batch of completions, and which of the completions show a sign. */
import type { AlarmEvidence } from "#shared/schema/alarm.ts";
import type { Rollout } from "#shared/schema/engine-protocol.ts";
import { languageReward } from "#main/core/rewards/language.ts";
import { repeatedShare } from "#main/core/rewards/repetition-penalty.ts";
import { sourceOfGamed, tagOfHole } from "../../training/alarm-changes.ts";
import type { PolicySigns } from "../../training/policy-signs.ts";
import type { PolicyStepMetrics } from "../../training/policy-step-metrics.ts";
import {
  accuracyByDifficulty,
  countsBySource,
  countsByTag,
  logprobDifferences,
  mean,
  share,
} from "./rollout-measures.ts";

const WORDS = 4;
const REPEATS = 0.5;
const MOST_SHOWN = 3;

export type SignedBatch = {
  readonly rollouts: readonly Rollout[];
  readonly fracZeroStd: number;
  readonly seconds: number;
  readonly gradingSeconds: number;
  /** KL that was taken off the rewards, where it was. */
  readonly kl?: number | null;
  /** By the problems' ids. */
  readonly tags?: ReadonlyMap<string, readonly string[]>;
  /** Ids of problems whose answers nothing judges: none of their completions is right, and none wrong. */
  readonly unjudged?: ReadonlySet<string>;
  /** The tasks or problem sets of the problems, by the problems' ids. */
  readonly sources?: ReadonlyMap<string, string>;
};

type FirstStep = Pick<PolicyStepMetrics, "entropy" | "kl" | "tokens">;

/**
 * @param firstSteps the optimizer steps in which each completion was used for the first time, in the batch's order, as the
 *   rollouts stand
 */
export function policySigns(batch: SignedBatch, firstSteps: readonly FirstStep[]): PolicySigns {
  const { rollouts, unjudged = new Set() } = batch;
  const groups = [...Map.groupBy(rollouts, ({ group }) => group).values()];
  const ofGroups = (holds: (group: readonly Rollout[]) => boolean): number =>
    share(groups, groups.filter(holds).length);
  const ofRollouts = (holds: (rollout: Rollout) => boolean): number =>
    share(rollouts, rollouts.filter(holds).length);
  // Of the batch's first step alone: what later ones are computed with was moved by it.
  const apart = logprobDifferences(rollouts, firstSteps[0]?.tokens ?? []);
  return {
    fracZeroStd: batch.fracZeroStd,
    fracAllWrong: ofGroups((group) =>
      group.every(({ correct, problemId }) => !correct && !unjudged.has(problemId)),
    ),
    fracAllRight: ofGroups((group) => group.every(({ correct }) => correct)),
    anyRight: ofGroups((group) => group.some(({ correct }) => correct)),
    truncatedShare: ofRollouts(isCut),
    repetitiveShare: ofRollouts((one) => repeats(one) > REPEATS),
    language: mean(rollouts.flatMap((one) => languageOf(one) ?? [])),
    meanLength: mean(rollouts.map(({ completionIds }) => completionIds.length)) ?? 0,
    entropy: mean(firstSteps.flatMap(({ entropy }) => entropy ?? [])),
    kl: mean(firstSteps.flatMap(({ kl }) => kl ?? [])) ?? batch.kl ?? null,
    formatMean: mean(rollouts.flatMap((one) => formatOf(one) ?? [])),
    accuracyMean: ofRollouts(({ correct }) => correct),
    accuracy: accuracyByDifficulty(rollouts),
    byTag: countsByTag(rollouts, batch.tags ?? new Map()),
    bySource: countsBySource(rollouts, batch.sources ?? new Map()),
    samplerDifference: mean(apart.map(Math.abs)),
    firstRatio: mean(apart.map(Math.exp)),
    gradingShare: batch.seconds === 0 ? 0 : batch.gradingSeconds / batch.seconds,
  };
}

/** What is known of the problems, by their ids: tags of problem sets, and the task or set that each stands in. */
export type ProblemFacts = Pick<SignedBatch, "tags" | "sources">;

/** Completions of the batch that show what an alarm says: those that show it most come first. */
export function evidenceOf(
  code: string,
  rollouts: readonly Rollout[],
  facts: ProblemFacts = {},
): AlarmEvidence[] {
  const measure = measureOf(code, facts);
  return rollouts
    .map((rollout) => ({ rollout, value: measure(rollout) }))
    .filter(({ value }) => value > 0)
    .toSorted((a, b) => b.value - a.value)
    .slice(0, MOST_SHOWN)
    .map(({ rollout: { step, group, index } }) => ({ step, group, index }));
}

/** How much a completion shows it; 0 where it does not. */
function measureOf(code: string, facts: ProblemFacts): (rollout: Rollout) => number {
  const tag = tagOfHole(code);
  if (tag !== undefined)
    return (one) => (!one.correct && (facts.tags?.get(one.problemId) ?? []).includes(tag) ? 1 : 0);
  const source = sourceOfGamed(code);
  if (source !== undefined)
    return (one) =>
      !one.correct && facts.sources?.get(one.problemId) === source ? Math.max(0, one.reward) : 0;
  const difficulty = /^hole-(.+)$/u.exec(code)?.[1];
  if (difficulty !== undefined)
    return (one) => (!one.correct && String(one.difficulty) === difficulty ? 1 : 0);
  switch (code) {
    case "truncated":
      return (one) => (isCut(one) ? 1 : 0);
    case "length-explosion":
    case "non-finite":
      return ({ completionIds }) => completionIds.length;
    case "repetition":
      return repeats;
    case "language-mixing":
      return (one) => 1 - (languageOf(one) ?? 1);
    case "all-right":
      return ({ correct }) => (correct ? 1 : 0);
    case "format-gamed":
      return (one) => (one.correct ? 0 : (formatOf(one) ?? 0));
    case "no-signal":
      return ({ advantage }) => (advantage === 0 ? 1 : 0);
    default:
      return ({ correct }) => (correct ? 0 : 1);
  }
}

function isCut({ finishReason }: Rollout): boolean {
  return finishReason === "length";
}

function repeats({ completion }: Rollout): number {
  return repeatedShare(completion, WORDS);
}

function languageOf({ prompt, completion }: Rollout): number | null {
  return languageReward({ problem: { prompt }, completionText: completion });
}

function formatOf({ rewards }: Rollout): number | null {
  return rewards["format"] ?? null;
}
