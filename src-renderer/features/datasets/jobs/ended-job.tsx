/** A job that has ended: how, what it brought, and whether it can go on. */
import type { ReactNode } from "react";
import type { DatasetJob } from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";
import { BadRows } from "./bad-rows.tsx";
import { JOB_VERBS, yieldText } from "./job-text.ts";

export function EndedJob({
  job,
  onDismiss,
}: {
  readonly job: DatasetJob;
  readonly onDismiss: () => void;
}): ReactNode {
  const failed = job.state === "failed";
  const act = useAct();
  return (
    <li className="jobline">
      <div className="flex s12">
        <Glyph
          name={failed ? "cross" : job.bad > 0 ? "warn" : "check"}
          className={failed ? "fail" : job.bad > 0 ? "warn" : "pass"}
          label={job.state}
        />
        <span className="grow break">
          <span className="med">
            {JOB_VERBS[job.kind]} {visibleText(job.title)}{" "}
            {failed ? "failed." : job.state === "cancelled" ? "was cancelled." : "ended."}
          </span>{" "}
          {job.error !== null && (
            <span className="t2">
              {visibleText(job.error.message)} {job.error.advice}
            </span>
          )}{" "}
          <span className="t2">{failed ? "" : yieldText(job)}</span>
        </span>
        {job.datasetId !== null && job.state === "finished" && (
          <a className="link nowrap" href={hrefTo(["curation"], { dataset: job.datasetId })}>
            Review
          </a>
        )}
        {job.kind === "generate" && job.state !== "finished" && (
          <button
            type="button"
            className="btn small"
            disabled={act.busy}
            title="What was sampled is not sampled again"
            onClick={() => void act.run(() => host.datasets.generate.resume({ jobId: job.id }))}
          >
            Go on
          </button>
        )}
        <button type="button" className="linkbtn" onClick={onDismiss}>
          Dismiss
        </button>
      </div>
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      {job.kind === "import" && job.bad > 0 && <BadRows jobId={job.id} />}
    </li>
  );
}
