/** A job under way: how far it is, what it has brought so far, and its end. */
import type { ReactNode } from "react";
import type { DatasetJob } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { formatBytes, formatNumber } from "#renderer/ui/format.ts";
import { Meter } from "#renderer/ui/pipelines/progress-line.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { JOB_VERBS, yieldText } from "./job-text.ts";

function amount(job: DatasetJob, value: number): string {
  return job.unit === "bytes" ? formatBytes(value) : formatNumber(value);
}

export function RunningJob({ job }: { readonly job: DatasetJob }): ReactNode {
  const act = useAct();
  const share = job.total === null || job.total === 0 ? undefined : job.done / job.total;
  return (
    <li className="jobline">
      <div className="flex s12">
        <i className="dot live" />
        <span className="med nowrap">{JOB_VERBS[job.kind]}</span>
        <span className="med ell" title={visibleText(job.title)}>
          {visibleText(job.title)}
        </span>
        <span className="t3 nowrap">
          {job.phase}, {amount(job, job.done)}
          {job.total === null ? "" : ` of ${amount(job, job.total)}`}
        </span>
        <span className="t2 nowrap">{yieldText(job)}</span>
        <button
          type="button"
          className="btn small end"
          disabled={act.busy}
          onClick={() => void act.run(() => host.datasets.jobs.cancel({ jobId: job.id }))}
        >
          Cancel
        </button>
      </div>
      <Meter share={share} live label={`Progress of ${job.title}`} />
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
    </li>
  );
}
