/** The checkpoints that a run can go on from. */
import { existsSync } from "node:fs";
import { AppError } from "#shared/errors.ts";
import type { Checkpoint, RunId } from "#shared/schema/run.ts";
import { runModelFileWork } from "#main/processes/reading/model-files.ts";
import type { Store } from "#main/store/store.ts";

/** Checkpoints of a run whose folders are still there, oldest first. */
export function checkpointsOnDisk(store: Store, runId: RunId): Checkpoint[] {
  return store.history
    .checkpoints(runId)
    .filter(({ dir, removedAtMs }) => removedAtMs === null && existsSync(dir));
}

export interface SoundCheckpoint {
  /** The newest that is as it was written; undefined where there is none. */
  readonly checkpoint: Checkpoint | undefined;
  /** What is wrong with those that are newer. */
  readonly damaged: readonly { readonly step: number; readonly reason: string }[];
}

/** Reads checkpoints whole, the newest first, until one is as it was written. */
export async function soundCheckpoint(
  store: Store,
  runId: RunId,
  signal?: AbortSignal,
): Promise<SoundCheckpoint> {
  const damaged: { step: number; reason: string }[] = [];
  for (const checkpoint of checkpointsOnDisk(store, runId).toReversed()) {
    const { dir: folder, step } = checkpoint;
    try {
      await runModelFileWork(
        { kind: "verify-checkpoint", folder },
        signal === undefined ? {} : { signal },
      );
      return { checkpoint, damaged };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      damaged.push({ step, reason: error.message });
    }
  }
  return { checkpoint: undefined, damaged };
}
