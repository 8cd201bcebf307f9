/** Loads the models while the question is still being written, so that the first answer does not wait. */
import { useEffect, useState } from "react";
import { failureOf } from "#renderer/bridge/failure.ts";
import type { Failure } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";

/**
 * Gives why one of the models could not be loaded.
 * @param models the same list while they are the same
 */
export function useLoaded(models: readonly string[]): Failure | undefined {
  const [failed, setFailed] = useState<{
    readonly models: readonly string[];
    readonly failure: Failure;
  }>();
  useEffect(() => {
    const abort = new AbortController();
    for (const model of models) {
      host.playground.load({ model }, { signal: abort.signal }).catch((error: unknown) => {
        if (!abort.signal.aborted) setFailed({ models, failure: failureOf(error) });
      });
    }
    return () => abort.abort();
  }, [models]);
  return failed?.models === models ? failed.failure : undefined;
}
