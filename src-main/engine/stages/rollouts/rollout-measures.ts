/** What metrics and alarms both work out of a batch of rollouts. Shares are in 0–1. */
import type { Rollout } from "#shared/schema/engine-protocol.ts";
import type { TokenScores } from "../../training/policy-row.ts";
import type { SourceCounts } from "../../training/policy-signs.ts";

/** null of nothing. */
export function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
}

/** 0 of nothing. */
export function share(items: readonly unknown[], count: number): number {
  return items.length === 0 ? 0 : count / items.length;
}

/** Accuracy of each difficulty in the batch; problems without one are in none. */
export function accuracyByDifficulty(rollouts: readonly Rollout[]): Map<number, number> {
  const by = Map.groupBy(rollouts, ({ difficulty }) => difficulty);
  return new Map(
    [...by]
      .flatMap(([difficulty, items]) => (difficulty === null ? [] : [{ difficulty, items }]))
      .sort((a, b) => a.difficulty - b.difficulty)
      .map(({ difficulty, items }) => [
        difficulty,
        share(items, items.filter(({ correct }) => correct).length),
      ]),
  );
}

/** Completions of the batch by the tags of their problems, which may have several. */
export function countsByTag(
  rollouts: readonly Rollout[],
  tags: ReadonlyMap<string, readonly string[]>,
): Map<string, { completions: number; right: number }> {
  const counts = new Map<string, { completions: number; right: number }>();
  for (const { problemId, correct } of rollouts)
    for (const tag of tags.get(problemId) ?? []) {
      const { completions, right } = counts.get(tag) ?? { completions: 0, right: 0 };
      counts.set(tag, { completions: completions + 1, right: right + (correct ? 1 : 0) });
    }
  return counts;
}

/** Completions of the batch by the task or problem set that asked; `reward` is their sum. */
export function countsBySource(
  rollouts: readonly Rollout[],
  sources: ReadonlyMap<string, string>,
): Map<string, SourceCounts> {
  const by = Map.groupBy(rollouts, ({ problemId }) => sources.get(problemId));
  return new Map(
    [...by].flatMap(([source, items]) =>
      source === undefined
        ? []
        : [
            [
              source,
              {
                completions: items.length,
                right: items.filter(({ correct }) => correct).length,
                reward: items.reduce((sum, { reward }) => sum + reward, 0),
              },
            ],
          ],
    ),
  );
}

/** Trainer's less sampler's log-probability of each token, in nats, of the rows that were computed. */
export function logprobDifferences(
  rollouts: readonly Rollout[],
  trained: readonly (TokenScores | null)[],
): number[] {
  return rollouts.flatMap(({ logprobs }, row) => {
    const scores = trained[row];
    if (scores === null || scores === undefined) return [];
    return logprobs.map((sampled, i) => (scores.logprobs[i] ?? sampled) - sampled);
  });
}
