/** One batch of rollouts, graded: what an optimizer step of GRPO learns from. */
import type { Rollout } from "#shared/schema/engine-protocol.ts";
import type { PolicyRow } from "../training/policy-trainer.ts";

/** One batch of rollouts, graded. */
export type Generation = {
  readonly rows: readonly PolicyRow[];
  readonly rollouts: readonly Rollout[];
  readonly batchStd: number;
  readonly fracZeroStd: number;
  readonly tokens: number;
  readonly seconds: number;
};
