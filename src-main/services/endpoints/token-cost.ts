/** What requests to an endpoint cost, by its prices. */
import type { Endpoint } from "#shared/schema/endpoint.ts";
import type { InferencePrompt } from "#shared/schema/inference.ts";

type Prices = Pick<Endpoint, "usdPerMillionInputTokens" | "usdPerMillionOutputTokens">;

type CountedTokens = {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
};

export function isPriced(prices: Prices): boolean {
  return prices.usdPerMillionInputTokens !== null && prices.usdPerMillionOutputTokens !== null;
}

/** Dollars of an answer; null where a price is not known, or the server did not count. */
export function tokenCost(
  { usdPerMillionInputTokens: input, usdPerMillionOutputTokens: output }: Prices,
  { promptTokens, completionTokens }: CountedTokens,
): number | null {
  if (input === null || output === null) return null;
  if (promptTokens === null || completionTokens === null) return null;
  return (promptTokens * input + completionTokens * output) / 1e6;
}

/** Prompt and completion, as far as the server counted them. */
export function tokensOf({ promptTokens, completionTokens }: CountedTokens): number {
  return (promptTokens ?? 0) + (completionTokens ?? 0);
}

/**
 * Dollars of a request at most; without prices 0. No token is shorter than a byte, but for a few that a chat template
 * adds.
 */
export function mostCost(
  { usdPerMillionInputTokens: input, usdPerMillionOutputTokens: output }: Prices,
  prompt: InferencePrompt,
  maxTokens: number,
): number {
  const bytes = Buffer.byteLength(JSON.stringify(prompt)) + 64;
  return (bytes * (input ?? 0) + maxTokens * (output ?? 0)) / 1e6;
}
