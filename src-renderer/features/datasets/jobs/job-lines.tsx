/** Work on whole datasets that is under way, or that ended lately. */
import { useState } from "react";
import type { ReactNode } from "react";
import type { DatasetId } from "#shared/schema/dataset.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { EndedJob } from "./ended-job.tsx";
import { RunningJob } from "./running-job.tsx";

const EVERY_MS = 1000;

/** @param since jobs that ended before are left out */
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
  // Generating jobs of earlier hosts are shown too: they can go on.
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
