/** Where the alarms of reinforcement learning begin: the engine raises them, the charts draw them. Shares are in 0–1. */
export const ALARM_LIMITS = {
  /** Groups with equal rewards: above it hardly anything is learnt. */
  fracZeroStd: 0.9,
  /** Completions cut at the length limit. */
  truncatedShare: 0.5,
  /** Nats a token: below it the policy hardly explores, */
  entropy: 0.02,
  /** where less than this share is left of what the first batches had. */
  entropyLeft: 0.25,
  /** Nats a token from the reference model. */
  kl: 10,
  /** Groups whose completions are all wrong, or all right. */
  sameVerdict: 0.9,
  /** Completions in which more than half of the four-word sequences were there before. */
  repetitive: 0.3,
  /** Words in the prompt's language, mean. */
  language: 0.8,
  /** Times the length of the first batches, without a gain in accuracy. */
  lengthGrowth: 2,
  /** Points that the format gained, and the answers lost, since the first batches. */
  formatGain: 0.2,
  answerLoss: 0.05,
  /** Points of groups with any right answer that were lost since the first batches. */
  coverageLoss: 0.1,
  /** Nats between the sampler's and the trainer's log-probability of a token, mean. */
  samplerDifference: 0.1,
  /** From 1, of the mean ratio π / π_old in the first step that sees a batch. */
  firstRatio: 0.1,
  /** Of the time of a batch of completions, spent on verifiers and rewards. */
  gradingShare: 0.5,
} as const;
