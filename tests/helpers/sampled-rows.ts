/** What tests ask a sampler for, and how they look at what it gives. */
import type { LanguageModel } from "#main/engine/model/language-model.ts";
import type { Completion } from "#main/engine/sampling/cache-row.ts";
import type { SampleRequest } from "#main/engine/sampling/sampler.ts";
import { randomRows } from "./engine-forward.ts";
import { itemAt } from "./engine-model.ts";

/** Requests of prompts of 1 to 30 tokens, `each` completions of each; the first prompt has 30. */
export function raggedRequests(
  model: LanguageModel,
  count: number,
  each: number,
  seed: number,
): SampleRequest[] {
  const [longest = []] = randomRows(model.config, 1, 30, 30, seed);
  return [longest, ...randomRows(model.config, count - 1, 1, 30, seed + 1)].map((promptIds, i) => ({
    promptIds,
    seeds: Array.from({ length: each }, (_, s) => seed * 1000 + i * each + s),
  }));
}

/** Every completion with its prompt, flat. */
export function pairs(
  requests: readonly SampleRequest[],
  results: readonly (readonly Completion[])[],
): { promptIds: readonly number[]; completion: Completion }[] {
  return requests.flatMap(({ promptIds }, i) =>
    itemAt(results, i).map((completion) => ({ promptIds, completion })),
  );
}

export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (itemAt(values, i) > itemAt(values, best)) best = i;
  return best;
}
