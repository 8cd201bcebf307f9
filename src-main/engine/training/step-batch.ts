/** What an optimizer step learns from: micro-batches whose gradients are added up. */
import type { Tensor } from "../runtime/tf.ts";

export type MicroBatch = {
  /** Made for one call and freed after it. */
  readonly inputs: () => Tensor[];
};

export type StepBatch = {
  /** @param halvings how often the rows computed together are halved, beside what memory asks for; by default 0 */
  readonly microBatches: (halvings?: number) => readonly MicroBatch[];
  /** Tokens that go through the model, padding not counted. */
  readonly tokens: number;
  /** Of its sequences; they add up to `tokens`. */
  readonly lengths: readonly number[];
  readonly samples: number;
};
