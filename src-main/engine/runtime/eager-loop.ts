import type { LoopBody, LoopCondition } from "./runtime.ts";
import { tf } from "./tf.ts";
import type { Tensor } from "./tf.ts";

/** A loop outside any trace: every iteration runs at once and its tensors are freed. */
export function eagerLoop(
  cond: LoopCondition,
  body: LoopBody,
  carried: readonly Tensor[],
  maxIterations: number,
): Tensor[] {
  let state = carried.map((tensor) => tensor.clone());
  for (let i = 0; i < maxIterations; i++) {
    const going = tf.tidy(() => cond(...state).dataSync()[0]);
    if (going === 0) break;
    const next = tf.tidy(() => body(...state).map((tensor) => tensor.clone()));
    for (const tensor of state) tensor.dispose();
    state = next;
  }
  return state;
}
