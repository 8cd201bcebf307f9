/** Metrics and rollouts as charts and browsers ask for them. The store keeps every point. */
import { z } from "zod";
import { Rollout } from "./engine-protocol.ts";

/**
 * One metric over a range of steps, in columns. Where the range holds more points than were asked
 * for, each entry is a bucket: its first step, and the least, greatest and mean value in it.
 * Where it does not, min = max = mean = the value. A null is a value that was not finite.
 */
export const MetricSeries = z.strictObject({
  name: z.string(),
  /** Points in the range, before bucketing. */
  count: z.int(),
  bucketed: z.boolean(),
  step: z.array(z.int()),
  min: z.array(z.number().nullable()),
  max: z.array(z.number().nullable()),
  mean: z.array(z.number().nullable()),
});
export type MetricSeries = z.infer<typeof MetricSeries>;

export const MetricName = z.strictObject({
  name: z.string(),
  points: z.int(),
  firstStep: z.int(),
  lastStep: z.int(),
  lastValue: z.number().nullable(),
});
export type MetricName = z.infer<typeof MetricName>;

/** A completion as the list of its step shows it; its whole text and its tokens are asked for one at a time. */
export const ListedRollout = Rollout.omit({
  completion: true,
  completionIds: true,
  logprobs: true,
  prompt: true,
})
  .extend({
    tokens: z.int(),
    /** The text's beginning, about 4,000 characters at most. */
    excerpt: z.string(),
    /** The excerpt is the whole text. */
    isWhole: z.boolean(),
    /** What stands inside the last <answer>…</answer>, its beginning; null where nothing does. */
    answer: z.string().nullable(),
  })
  .strict();
export type ListedRollout = z.infer<typeof ListedRollout>;

/** The completions of one prompt of one step. */
export const RolloutGroup = z.strictObject({
  step: z.int(),
  group: z.int(),
  problemId: z.string(),
  difficulty: z.int().nullable(),
  prompt: z.string(),
  meanReward: z.number(),
  correct: z.int(),
  rollouts: z.array(ListedRollout),
});
export type RolloutGroup = z.infer<typeof RolloutGroup>;

/** What a step of rollouts holds, for the list of steps. */
export const RolloutStep = z.strictObject({
  step: z.int(),
  groups: z.int(),
  rollouts: z.int(),
  meanReward: z.number(),
  correct: z.int(),
});
export type RolloutStep = z.infer<typeof RolloutStep>;

/** A completion as lists of many show it: where it stands, how it was judged, and a piece of its text. */
export const RolloutHit = Rollout.pick({
  step: true,
  group: true,
  index: true,
  problemId: true,
  difficulty: true,
  reward: true,
  advantage: true,
  correct: true,
  finishReason: true,
})
  .extend({
    tokens: z.int(),
    /** The beginning of the prompt. */
    prompt: z.string(),
    /** Around the text that was searched for, else the end of the completion. */
    excerpt: z.string(),
  })
  .strict();
export type RolloutHit = z.infer<typeof RolloutHit>;

/** One completion's tokens, in columns of equal length. */
export const RolloutTokens = z.strictObject({
  ids: z.array(z.int()),
  /** What each token adds to the text; a character that takes several tokens stands with the last of them. */
  texts: z.array(z.string()).nullable(),
  /** Tokens that the text does not show, such as the end of the answer. */
  hidden: z.array(z.boolean()).nullable(),
  /** By the sampler, at the sampling temperature. */
  logprobs: z.array(z.number()),
  /** By the trainer before its step; null where it did not compute this completion. */
  trainedLogprobs: z.array(z.number()).nullable(),
  /** Of the trainer's distribution at each token, in nats. */
  entropies: z.array(z.number()).nullable(),
});
export type RolloutTokens = z.infer<typeof RolloutTokens>;
