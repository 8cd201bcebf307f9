/** A call that changes something: busy while it is under way, its failure kept until the next try. */
import { useCallback, useState } from "react";
import { failureOf } from "./failure.ts";
import type { Failure } from "./failure.ts";

export interface Act {
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  /** Runs the call; resolves true where it went through. */
  readonly run: (call: () => Promise<unknown>) => Promise<boolean>;
}

export function useAct(): Act {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | undefined>(undefined);
  const run = useCallback(async (call: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setFailure(undefined);
    try {
      await call();
      return true;
    } catch (error) {
      setFailure(failureOf(error));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  return { busy, failure, run };
}
