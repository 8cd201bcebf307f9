/**
 * Watches, for each task or problem set that a stage asks, whether its completions go on earning their rewards while
 * hardly any of them is right any more: the policy has found what the rewards give for something else.
 */
import { z } from "zod";
import type { SourceCounts } from "./policy-signs.ts";

const Counts = z.object({ completions: z.number(), right: z.number(), reward: z.number() });

export const GamedRewardsState = z.array(
  z.tuple([z.string(), z.object({ batches: z.int(), start: Counts, recent: Counts })]),
);
export type GamedRewardsState = z.infer<typeof GamedRewardsState>;

/** Batches that make up the start. */
const STARTING = 5;
/** Of what earlier batches had, kept in the recent counts from one batch to the next: about ten of them count. */
const KEPT = 0.9;
/** Share of the start's completions that must have been right. */
const SOLVED = 0.05;
/** Of the start's share of right completions: under it they are lost, */
const RIGHT_LEFT = 0.25;
/** while so much of its mean reward is still earned. */
const REWARD_KEPT = 0.9;

/** How a source began and how it goes now; shares and mean rewards of a completion. */
export type GamedSource = {
  readonly source: string;
  readonly isGamed: boolean;
  readonly rightBefore: number;
  readonly rightNow: number;
  readonly rewardBefore: number;
  readonly rewardNow: number;
};

export class GamedRewards {
  readonly #sources: Map<string, GamedRewardsState[number][1]>;

  /** @param kept what `state` gave at the checkpoint that the run goes on from */
  constructor(kept: GamedRewardsState) {
    this.#sources = new Map(kept);
  }

  state(): GamedRewardsState {
    return [...this.#sources];
  }

  /** Takes in a batch: the sources that are past their start. */
  take(bySource: ReadonlyMap<string, SourceCounts>): GamedSource[] {
    const watched: GamedSource[] = [];
    for (const [source, counts] of bySource) {
      const known = this.#sources.get(source) ?? { batches: 0, start: NONE, recent: NONE };
      const isStart = known.batches < STARTING;
      const now = {
        batches: known.batches + 1,
        start: isStart ? sum(known.start, counts, 1) : known.start,
        recent: isStart ? NONE : sum(known.recent, counts, KEPT),
      };
      this.#sources.set(source, now);
      if (!isStart) watched.push(compared(source, now.start, now.recent));
    }
    return watched;
  }
}

const NONE: SourceCounts = { completions: 0, right: 0, reward: 0 };

function sum(before: SourceCounts, added: SourceCounts, kept: number): SourceCounts {
  return {
    completions: kept * before.completions + added.completions,
    right: kept * before.right + added.right,
    reward: kept * before.reward + added.reward,
  };
}

function compared(source: string, start: SourceCounts, recent: SourceCounts): GamedSource {
  const of = ({ completions }: SourceCounts, amount: number): number =>
    completions === 0 ? 0 : amount / completions;
  const [rightBefore, rightNow] = [of(start, start.right), of(recent, recent.right)];
  const [rewardBefore, rewardNow] = [of(start, start.reward), of(recent, recent.reward)];
  return {
    source,
    isGamed:
      rightBefore >= SOLVED &&
      rightNow < RIGHT_LEFT * rightBefore &&
      rewardBefore > 0 &&
      rewardNow >= REWARD_KEPT * rewardBefore,
    ...{ rightBefore, rightNow, rewardBefore, rewardNow },
  };
}
