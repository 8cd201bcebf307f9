/** One completion token by token, read by the tokenizer of the model that wrote it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import type { RolloutTokens } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import { tokenTexts } from "#main/core/text/token-texts.ts";
import type { TokenTexts } from "#main/core/text/token-texts.ts";
import type { Store } from "#main/store/store.ts";
import { modelsOfRun } from "./stage-run.ts";

/** Throws NOT_FOUND where there is no such completion. */
export function rolloutTokens(
  store: Store,
  runId: RunId,
  at: { step: number; group: number; index: number },
): RolloutTokens {
  const tokens = store.rollouts.tokens(runId, at);
  const read = readTexts(store, runId, tokens.ids);
  return { ...tokens, texts: read?.texts ?? null, hidden: read?.hidden ?? null };
}

/** Training does not change a tokenizer: the run's input, its output and its checkpoints all have the same. */
function readTexts(store: Store, runId: RunId, ids: readonly number[]): TokenTexts | undefined {
  for (const folder of foldersOf(store, runId)) {
    if (!existsSync(join(folder, "tokenizer.json"))) continue;
    try {
      return tokenTexts(folder, ids);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
    }
  }
  return undefined;
}

function foldersOf(store: Store, runId: RunId): string[] {
  const run = store.runs.get(runId);
  const { recipe } = store.pipelines.get(run.pipelineId);
  const folders = store.history.checkpoints(runId).map(({ dir }) => dir);
  if (run.outputModel !== null) folders.unshift(run.outputModel);
  try {
    const { model } = modelsOfRun(store, run, recipe);
    if (model !== undefined) folders.unshift(model);
  } catch (error) {
    // The stage before may have lost its folder; the run's own may still be there.
    if (!(error instanceof AppError)) throw error;
  }
  return folders;
}
