import { existsSync } from "node:fs";
import type { Checkpoint, RunId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";

/** Checkpoints of a run whose folders are still there, oldest first. */
export function keptCheckpoints(store: Store, runId: RunId): Checkpoint[] {
  return store.history
    .checkpoints(runId)
    .filter(({ dir, removedAtMs }) => removedAtMs === null && existsSync(dir));
}
