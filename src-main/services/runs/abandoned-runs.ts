/** What a killed host left behind. */
import type { StatusReason } from "#shared/schema/run.ts";
import { endOrphan } from "#main/processes/orphans.ts";
import { chargeRequests } from "../endpoints/charge-requests.ts";
import type { StageRunDeps } from "./stage-run.ts";

export const HOST_ENDED: StatusReason = {
  code: "HOST_ENDED",
  message: "Gradus ended while this was under way.",
  advice: "Resume goes on from the last checkpoint.",
};

/** Ends engines that outlived their host, and marks what they were at as stopped. */
export function markAbandoned(deps: StageRunDeps): void {
  const { store, engineEntry } = deps;
  for (const id of store.runs.idsByStatus(["running", "stopping"])) {
    const attempt = store.runs.openAttempt(id);
    const pid = attempt?.pid ?? undefined;
    if (pid !== undefined) endOrphan(pid, engineEntry);
    const run = store.runs.summary(id);
    const reason = {
      ...HOST_ENDED,
      message: `Gradus ended while this stage was at step ${run.lastStep}.`,
    };
    store.transaction(() => {
      store.runs.endAttempt(
        id,
        "stopped",
        reason,
        run.lastHeardAtMs ?? attempt?.startedAtMs ?? deps.now(),
      );
      chargeRequests(store, id, deps.now());
      store.history.addEvent({
        runId: id,
        timeMs: deps.now(),
        kind: "status",
        level: "warning",
        message: reason.message,
      });
    });
  }
}
