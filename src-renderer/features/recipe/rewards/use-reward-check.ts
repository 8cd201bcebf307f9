/** What the host says to a reward's text: asked a moment after the last key. */
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import type { ProblemData } from "#shared/schema/stages/problem-data.ts";
import type { RewardFault, RewardPath } from "#shared/schema/reward-file.ts";
import { connection } from "#renderer/bridge/connection.ts";
import { host } from "#renderer/bridge/host.ts";

const ASK_AFTER_MS = 500;

export interface RewardCheck {
  /** The text that was checked last; undefined before the first answer. */
  readonly text: string | undefined;
  readonly fault: RewardFault | null;
}

export function useRewardCheck(
  file: RewardPath,
  text: string,
  source: ProblemData | undefined,
): RewardCheck {
  const [check, setCheck] = useState<RewardCheck>({ text: undefined, fault: null });
  const [settled] = useDebouncedValue(text, ASK_AFTER_MS);
  const data = source === undefined ? undefined : JSON.stringify(source);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const ask = async (): Promise<void> => {
      await connection.whenOpen(signal);
      const input = { file, text: settled, ...(source === undefined ? {} : { source }) };
      const { fault } = await host.rewards.check(input, { signal });
      if (!signal.aborted) setCheck({ text: settled, fault });
    };
    // The line broke while it was asked: the next key, or the next connection, asks again.
    ask().catch(() => undefined);
    return () => abort.abort();
    // The same data in another object asks nothing new.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [file, settled, data]);
  return check;
}
