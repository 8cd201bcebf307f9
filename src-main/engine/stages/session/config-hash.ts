/** What a checkpoint must have been made with to fit a stage. */
import { BEFORE_THE_OPTION } from "#shared/schema/earlier-options.ts";
import type { StartRequest } from "#main/core/stage-context.ts";
import { hashConfig } from "../../training/training-state.ts";

/**
 * What must be the same for a checkpoint to fit: the stage's options and its seed. An option that a version before did
 * not have, at the value that this version did everything with, is no difference: its checkpoints still fit.
 */
export function configHash({ stage, seed }: Pick<StartRequest, "stage" | "seed">): string {
  const before = BEFORE_THE_OPTION[stage.kind] ?? {};
  const options = Object.entries(stage).filter(([name, value]) => before[name] !== value);
  return hashConfig({ stage: Object.fromEntries(options), seed });
}
