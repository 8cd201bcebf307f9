/** Models on their way: how far each is, how fast, how long still; and those that failed, until they are put away. */
import { useState } from "react";
import type { ReactNode } from "react";
import { isAtWork } from "#shared/schema/model.ts";
import type { ModelJob, ModelJobPhase } from "#shared/schema/model.ts";
import { host } from "#renderer/bridge/host.ts";
import { modelJobsQuery } from "#renderer/bridge/queries.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatBytes, formatDuration, formatNumber } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { Meter } from "#renderer/ui/pipelines/progress-line.tsx";

const PHASES: Readonly<Record<ModelJobPhase, string>> = {
  listing: "asking the hub",
  downloading: "downloading",
  checking: "checking",
  converting: "converting",
  copying: "copying",
  done: "here",
  failed: "failed",
  cancelled: "cancelled",
};

function amount(job: ModelJob): string {
  if (job.total === 0) return "";
  return job.phase === "downloading"
    ? `${formatBytes(job.done)} of ${formatBytes(job.total)}`
    : `${formatNumber(job.done)} of ${formatNumber(job.total)} tensors`;
}

function JobLine({ job }: { readonly job: ModelJob }): ReactNode {
  const act = useAct();
  return (
    <li className="modeljob">
      <span className="med mono ell" title={job.source}>
        {job.source}
      </span>
      <span className="t2">{PHASES[job.phase]}</span>
      <Meter
        live
        share={job.total > 0 ? job.done / job.total : undefined}
        label={`${job.source}, ${PHASES[job.phase]}`}
      />
      <span className="num">{amount(job)}</span>
      <span className="num t2">
        {job.bytesPerSecond === null ? "" : `${formatBytes(job.bytesPerSecond)}/s`}
      </span>
      <span className="num t2">
        {job.secondsLeft === null
          ? ""
          : `${formatDuration(Math.max(1000, job.secondsLeft * 1000))} left`}
      </span>
      <button
        type="button"
        className="btn small"
        disabled={act.busy}
        title="What was downloaded is kept"
        aria-label={`Cancel ${job.source}`}
        onClick={() => void act.run(() => host.models.cancel({ jobId: job.id }))}
      >
        Cancel
      </button>
      {job.message !== null && <span className="jobnote s12 t3">{job.message}</span>}
    </li>
  );
}

/** The newest job of each source: an older failure says nothing once it was tried again. */
function newestOfEach(jobs: readonly ModelJob[]): readonly ModelJob[] {
  const sources = new Set<string>();
  return jobs.filter(({ source }) => !sources.has(source) && sources.add(source).size > 0);
}

function FailedJob({
  job,
  onPutAway,
}: {
  readonly job: ModelJob;
  readonly onPutAway: () => void;
}): ReactNode {
  const act = useAct();
  return (
    <div className="notice fail jobfailed" role="alert">
      <Glyph name="cross" className="fail" />
      <span className="grow">
        <span className="med">
          {job.source}: {job.message ?? "failed"}
        </span>{" "}
        <span className="t2">{act.failure?.message ?? job.advice}</span>
      </span>
      <button
        type="button"
        className="btn small"
        disabled={act.busy}
        onClick={() => void act.run(() => host.models.get({ source: job.source }))}
      >
        Try again
      </button>
      <button type="button" className="btn small" onClick={onPutAway}>
        Put away
      </button>
    </div>
  );
}

export function JobStrip(): ReactNode {
  const { data } = useQuery(modelJobsQuery);
  const [away, setAway] = useState<ReadonlySet<string>>(new Set());
  const jobs = newestOfEach(data ?? []);
  const working = jobs.filter(isAtWork);
  const failed = jobs.filter((job) => job.phase === "failed" && !away.has(job.id));
  if (working.length === 0 && failed.length === 0) return null;
  return (
    <section aria-label="Models on their way" className="jobs bb">
      {working.length > 0 && (
        <ul>
          {working.map((job) => (
            <JobLine key={job.id} job={job} />
          ))}
        </ul>
      )}
      {failed.map((job) => (
        <FailedJob key={job.id} job={job} onPutAway={() => setAway(new Set([...away, job.id]))} />
      ))}
    </section>
  );
}
