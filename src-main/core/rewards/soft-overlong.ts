/**
 * DAPO's soft overlong punishment, equation 13 of "DAPO: An Open-Source LLM Reinforcement Learning
 * System at Scale" (2025): 0 up to `maxCompletionLength - cacheLength` tokens, then falling linearly
 * to -1 at `maxCompletionLength`, and -1 beyond.
 */
import { AppError } from "#shared/errors.ts";
import type { RewardInput } from "./reward-input.ts";

/** DAPO punishes over the last 4,096 of 20,480 tokens. */
const DEFAULT_CACHE_SHARE = 0.2;

export function softOverlongReward(
  {
    completionTokens,
    maxCompletionLength,
  }: Pick<RewardInput, "completionTokens" | "maxCompletionLength">,
  cacheLength = Math.max(1, Math.round(DEFAULT_CACHE_SHARE * maxCompletionLength)),
): number {
  if (cacheLength > maxCompletionLength) {
    throw new AppError(
      "BAD_RECIPE",
      `The soft-overlong reward's cache_length (${cacheLength}) is above max_completion_length (${maxCompletionLength}).`,
      "Set cache_length to the tokens before the limit at which the penalty begins, e.g. a fifth of the limit.",
    );
  }
  const free = maxCompletionLength - cacheLength;
  if (completionTokens <= free) return 0;
  return Math.max(-1, (free - completionTokens) / cacheLength);
}
