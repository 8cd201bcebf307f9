/** Work on whole datasets that is under way, or that failed lately: how far, how long, and its end. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetId, DatasetJob } from "#shared/schema/dataset.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import {
  formatBytes,
  formatNumber,
  formatPercent,
  formatUsd,
  plural,
} from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { Meter } from "#renderer/ui/launches/progress-line.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { visibleText } from "#renderer/ui/text/visible-text.ts";

const VERBS: Readonly<Record<DatasetJob["kind"], string>> = {
  import: "Importing",
  refresh: "Measuring",
  generate: "Generating from",
};
const EVERY_MS = 1000;

function amount(job: DatasetJob, value: number): string {
  return job.unit === "bytes" ? formatBytes(value) : formatNumber(value);
}

/** What a job has brought so far; a generating one its yield and what an accepted sample costs. */
function yieldText(job: DatasetJob): string {
  if (job.kind === "import") {
    const bad = job.bad === 0 ? "" : `, ${plural(job.bad, "bad line")}`;
    return `${plural(job.added, "record")} in${bad}`;
  }
  if (job.kind === "refresh") return "";
  const share =
    job.sampled === 0
      ? ""
      : `, ${formatPercent(job.accepted / job.sampled)}% accepted, n ${formatNumber(job.sampled)}`;
  const each =
    job.costUsd === null || job.accepted === 0
      ? ""
      : `, ${formatUsd(job.costUsd / job.accepted)} an accepted sample`;
  return `${plural(job.accepted, "accepted sample")}${share}${each}`;
}

function RunningJob({ job }: { readonly job: DatasetJob }): ReactNode {
  const act = useAct();
  const share = job.total === null || job.total === 0 ? undefined : job.done / job.total;
  return (
    <li className="jobline">
      <div className="flex s12">
        <i className="dot live" />
        <span className="med ell">
          {VERBS[job.kind]} {visibleText(job.title)}
        </span>
        <span className="t3 nowrap">
          {job.phase}, {amount(job, job.done)}
          {job.total === null ? "" : ` of ${amount(job, job.total)}`}
        </span>
        <span className="t2 ell">{yieldText(job)}</span>
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

/** The rows of a file that could not come in, with their reasons. */
export function BadRows({ jobId }: { readonly jobId: string }): ReactNode {
  const rows = useQuery({
    key: `bad-rows:${jobId}`,
    topics: ["dataset-jobs"],
    fetch: (signal) => host.datasets.imports.badRows({ jobId, limit: 500 }, { signal }),
  }).data;
  if (rows === undefined || rows.total === 0) return null;
  return (
    <details className="badrows s12">
      <summary>
        {plural(rows.total, "bad line")}
        {rows.rows.length < rows.total && `, the first ${formatNumber(rows.rows.length)}`}
      </summary>
      <ul className="scroll" tabIndex={0} aria-label="Bad lines">
        {rows.rows.map((row) => (
          <li key={row.line} className="flex top">
            <span className="mono t3 lineno">{formatNumber(row.line)}</span>
            <span className="grow break">{visibleText(row.reason)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function EndedJob({
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
            {VERBS[job.kind]} {visibleText(job.title)}{" "}
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

/** @param since jobs that ended before are not news here */
export function JobLines({
  datasetId,
  since,
}: {
  readonly datasetId?: DatasetId;
  readonly since: number;
}): ReactNode {
  const query = useQuery(
    {
      key: `dataset-jobs:${datasetId ?? ""}`,
      topics: ["dataset-jobs"],
      fetch: (signal) =>
        host.datasets.jobs.list(datasetId === undefined ? {} : { datasetId }, { signal }),
    },
    { everyMs: EVERY_MS },
  );
  const unfinished = useQuery(
    datasetId === undefined
      ? undefined
      : {
          key: "generate-jobs",
          topics: ["dataset-jobs"],
          fetch: (signal) => host.datasets.generate.list(undefined, { signal }),
        },
  );
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  const recent = (query.data ?? []).filter((job) => (job.endedAtMs ?? Infinity) >= since);
  // Of earlier hosts too: what a teacher was asked for and has not brought can go on.
  const older = (unfinished.data ?? [])
    .map(({ job }) => job)
    .filter((job) => job.datasetId === datasetId && ["failed", "cancelled"].includes(job.state))
    .filter((job) => !recent.some(({ id }) => id === job.id));
  const jobs = [...recent, ...older].filter((job) => !dismissed.has(job.id));
  if (jobs.length === 0) return null;
  return (
    <ul className="joblines bb" aria-label="Work on datasets">
      {jobs.map((job) =>
        job.state === "running" ? (
          <RunningJob key={job.id} job={job} />
        ) : (
          <EndedJob
            key={job.id}
            job={job}
            onDismiss={() => setDismissed(new Set([...dismissed, job.id]))}
          />
        ),
      )}
    </ul>
  );
}
