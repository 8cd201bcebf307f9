/** The address names the trial: a saved one is opened by it, and a new one is written into it once it is saved. */
import { useEffect } from "react";
import { useFilter } from "#renderer/navigation/location.ts";
import type { Trial } from "../trial/trial.ts";
import type { TrialControl } from "../trial/use-trial.ts";

export function useThreadAddress(
  { trial, open }: TrialControl,
  onOpened: (trial: Trial) => void,
): void {
  const [threadId, setThreadId] = useFilter("thread");
  useEffect(() => {
    if (trial.threadId !== undefined && trial.threadId !== threadId) setThreadId(trial.threadId);
    // Only a trial that was just saved changes the address; the other way round is below.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [trial.threadId]);
  useEffect(() => {
    if (threadId === "" || threadId === trial.threadId) return;
    void open(threadId).then((opened) => {
      if (opened !== undefined) onOpened(opened);
    });
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [threadId]);
}
