/** Keeps the machine from sleeping while something is computed, and not a minute longer. */
import type { LiveEvent } from "#shared/schema/live.ts";
import type { PipelineId } from "#shared/schema/run.ts";

/** The part of Electron's powerSaveBlocker that is used. */
export type SleepBlocker = {
  start(type: "prevent-app-suspension"): number;
  stop(id: number): void;
};

/** What runs and what changed, as the host tells it. */
export type Work = {
  readonly running: readonly PipelineId[];
  listen(listener: (event: LiveEvent) => void): () => void;
};

/** Gives the way to end it. */
export function keepAwakeWhileWorking(blocker: SleepBlocker, work: Work): () => void {
  const running = new Set(work.running);
  let blocked: number | undefined;
  const adjust = (): void => {
    if (running.size > 0) blocked ??= blocker.start("prevent-app-suspension");
    else if (blocked !== undefined) {
      blocker.stop(blocked);
      blocked = undefined;
    }
  };
  adjust();
  const stop = work.listen((event) => {
    if (event.type === "pipeline") {
      const { id, status } = event.pipeline;
      if (status === "running" || status === "stopping") running.add(id);
      else running.delete(id);
    } else if (event.type === "pipeline-deleted") running.delete(event.pipelineId);
    else return;
    adjust();
  });
  return () => {
    stop();
    running.clear();
    adjust();
  };
}
