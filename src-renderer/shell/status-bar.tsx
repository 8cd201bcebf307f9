/** What is always in view: the engine's runtime, memory, the job at work and what was spent. */
import type { ReactNode } from "react";
import { useActivePipelines, useActiveRun } from "#renderer/bridge/live-store.ts";
import { infoQuery, spentQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatBytes, formatUsd } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { UnsavedMark } from "./unsaved-mark.tsx";
import { doneText, timeLeftText } from "#renderer/ui/pipelines/progress-text.ts";

const INFO_EVERY_MS = 15_000;

/** Last segment of the workspace's path. */
export function workspaceName(path: string): string {
  return path.split(/[\\/]/u).findLast((part) => part !== "") ?? path;
}

function JobButton({ onJobs }: { readonly onJobs: () => void }): ReactNode {
  const run = useActiveRun();
  const waiting = useActivePipelines().filter(({ status }) => status === "queued").length;
  const now = useNow();
  const rate = run?.progress?.tokensPerSecond ?? null;
  return (
    <button type="button" onClick={onJobs} title="Jobs">
      {run === undefined ? (
        "Nothing runs"
      ) : (
        <span>
          <b>{run.stageName}</b> {doneText(run)}
          {rate === null ? "" : ` · ${Math.round(rate).toLocaleString("en-US")} tokens/s`} ·{" "}
          {timeLeftText(run, now)}
        </span>
      )}
      {waiting > 0 && <span> · {waiting} waiting</span>}
      <KeyCaps keys="Mod+J" />
    </button>
  );
}

export function StatusBar({
  onKeys,
  onJobs,
}: {
  readonly onKeys: () => void;
  readonly onJobs: () => void;
}): ReactNode {
  const info = useQuery(infoQuery, { everyMs: INFO_EVERY_MS }).data;
  const cost = useQuery(spentQuery).data;
  return (
    <footer className="status">
      {info !== undefined && (
        <>
          <span
            className={info.runtime.state === "ready" ? undefined : "warn"}
            title={info.runtime.detail}
          >
            {info.runtime.state === "missing" ? (
              "No engine runtime"
            ) : (
              <b>
                {info.runtime.name} {info.runtime.version}
              </b>
            )}
          </span>
          <span className="opt">
            Memory <b>{formatBytes(info.hardware.freeMemoryBytes)} free</b>
          </span>
          <span className="opt" title={info.workspace.path}>
            Workspace <b>{workspaceName(info.workspace.path)}</b>
          </span>
        </>
      )}
      <JobButton onJobs={onJobs} />
      <span className="end">
        {cost !== undefined && (
          <a href={hrefTo(["cost"])}>
            Spent <b>{formatUsd(cost.totalUsd)}</b>
          </a>
        )}
        <UnsavedMark />
        <button type="button" onClick={onKeys}>
          Keys <KeyCaps keys="?" />
        </button>
      </span>
    </footer>
  );
}
