/** A batch of completions in another order, before it is divided among optimizer steps: each step has some of every group. */
import { Random } from "#main/platform/random.ts";
import type { Generation } from "./generation.ts";

/** Rows, their log-probabilities and rollouts in one order (Fisher and Yates) that the seed alone decides. */
export function shuffledGeneration(generation: Generation, seed: number): Generation {
  const random = new Random(seed);
  const order = generation.rows.map((_, i) => i);
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.int(0, last);
    const [a, b] = [order[last], order[other]];
    if (a === undefined || b === undefined) break;
    order[last] = b;
    order[other] = a;
  }
  const inOrder = <T>(all: readonly T[]): T[] =>
    order.flatMap((place) => {
      const one = all[place];
      return one === undefined ? [] : [one];
    });
  return {
    ...generation,
    rows: inOrder(generation.rows),
    logprobs: inOrder(generation.logprobs),
    rollouts: inOrder(generation.rollouts),
  };
}
