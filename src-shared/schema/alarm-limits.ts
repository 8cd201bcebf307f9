/** Where the alarms of reinforcement learning begin: the engine raises them, the charts draw them. Shares are in 0–1. */
export const ALARM_LIMITS = {
  /** Groups with equal rewards: above it hardly anything is learnt. */
  fracZeroStd: 0.9,
  /** Completions cut at the length limit. */
  truncatedShare: 0.5,
  /** Nats a token: below it the policy hardly explores. */
  entropy: 0.02,
  /** Nats a token from the reference model. */
  kl: 10,
} as const;
