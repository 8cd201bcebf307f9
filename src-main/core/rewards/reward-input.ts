/**
 * Rewards: one file each, a function of a completion and its problem. Whatever the text, a reward
 * gives a value in time linear in its length. They import the tasks and the shared schemas.
 */
import type { Problem } from "../problems/task.ts";

export type RewardInput = {
  readonly problem: Problem;
  /** Without the stop token. */
  readonly completionText: string;
  readonly completionTokens: number;
  /** Whether the completion ended by itself, not at the length limit. */
  readonly finished: boolean;
  readonly maxCompletionLength: number;
};

/** Null: not applicable to this completion. */
export type RewardFunction = (input: RewardInput) => number | null;
