/** Stop and resume of a launch. Stopping asks first and names what is kept. */
import { useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { Pipeline, RunSummary } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { ConfirmDialog } from "../confirm-dialog.tsx";
import { formatNumber } from "../format.ts";
import { KeyCaps } from "../key-caps.tsx";
import { canResume, isActive, isPaused } from "./pipeline-facts.ts";
import { FailureNotice } from "../region-state.tsx";

export interface PipelineActionsProps {
  readonly pipeline: Pick<Pipeline, "id" | "name" | "status">;
  /** The stage at work or next to go on. */
  readonly run: RunSummary | undefined;
  /** Step of the last checkpoint of that stage, where it is known. */
  readonly checkpointStep: number | undefined;
}

function whatIsKept(run: RunSummary | undefined, checkpointStep: number | undefined): string {
  if (run === undefined) return "Finished stages stay as they are.";
  const checkpoint =
    checkpointStep === undefined
      ? "Its next checkpoint is written at the next step."
      : `A checkpoint is written at the next step; the last one is of step ${formatNumber(checkpointStep)}.`;
  return `${run.stageName} is at step ${formatNumber(run.lastStep)}. ${checkpoint} All metrics and completions stay.`;
}

export function PipelineActions({
  pipeline,
  run,
  checkpointStep,
}: PipelineActionsProps): ReactNode {
  const [asking, setAsking] = useState(false);
  const [resuming, setResuming] = useState(false);
  const { busy, failure, run: call } = useAct();
  const { id: pipelineId, status } = pipeline;
  const stoppable = isActive(status) && status !== "stopping";
  const resumable = canResume(status);
  const running = status === "running" && run !== undefined;
  const paused = running && isPaused(run);
  const pause = useCallback(
    () => void call(() => host.pipelines[paused ? "continue" : "pause"]({ pipelineId })),
    [call, pipelineId, paused],
  );
  const resume = useCallback(
    () => call(() => host.pipelines.resume({ pipelineId })),
    [call, pipelineId],
  );
  const stop = (mode: "keep" | "discard"): void => {
    void call(() => host.pipelines.stop({ pipelineId, mode })).then((done) => {
      if (done) setAsking(false);
    });
  };
  useCommands(
    useMemo(
      (): readonly Command[] => [
        {
          id: "pipeline.stop",
          title: `Stop ${pipeline.name}…`,
          note: "asks what to keep",
          group: "This screen",
          keys: "S",
          notNow: stoppable ? undefined : "it is not at work",
          run: () => setAsking(true),
        },
        {
          id: "pipeline.pause",
          title: paused ? `Continue ${pipeline.name}` : `Pause ${pipeline.name}`,
          note: paused ? "where it waits" : "at its next step, kept in memory",
          group: "This screen",
          keys: "P",
          notNow: running ? undefined : "it is not running",
          run: pause,
        },
        {
          id: "pipeline.resume",
          title: `Resume ${pipeline.name}…`,
          note: "from its last checkpoint",
          group: "This screen",
          keys: "R",
          notNow: resumable ? undefined : "it is not stopped",
          // Long work is not begun by one letter.
          run: () => setResuming(true),
        },
      ],
      [pipeline.name, stoppable, running, paused, pause, resumable],
    ),
  );
  return (
    <span className="flex">
      {running && (
        <button type="button" className="btn" disabled={busy} onClick={pause}>
          {paused ? "Continue" : "Pause"} <KeyCaps keys="P" />
        </button>
      )}
      {stoppable && (
        <button type="button" className="btn danger" onClick={() => setAsking(true)}>
          Stop… <KeyCaps keys="S" />
        </button>
      )}
      {resumable && (
        <button
          type="button"
          className={status === "failed" ? "btn" : "btn primary"}
          disabled={busy}
          onClick={() => void resume()}
        >
          {checkpointStep === undefined
            ? "Resume"
            : `Resume from step ${formatNumber(checkpointStep)}`}{" "}
          <KeyCaps keys="R" />
        </button>
      )}
      {failure !== undefined && !asking && !resuming && <FailureNotice failure={failure} />}
      <ConfirmDialog
        opened={resuming}
        title={`Resume ${pipeline.name}?`}
        keep="Not now"
        busy={busy}
        failure={failure}
        onClose={() => setResuming(false)}
        acts={[
          {
            label: "Resume",
            danger: false,
            run: () =>
              void resume().then((done) => {
                if (done) setResuming(false);
              }),
          },
        ]}
      >
        <p>
          It goes on{" "}
          {checkpointStep === undefined
            ? "from its last checkpoint"
            : `from step ${formatNumber(checkpointStep)}`}
          , as soon as nothing else runs.
        </p>
      </ConfirmDialog>
      <ConfirmDialog
        opened={asking}
        title={`Stop ${pipeline.name}?`}
        keep="Keep running"
        busy={busy}
        failure={failure}
        onClose={() => setAsking(false)}
        acts={[
          { label: "Stop for good", danger: true, run: () => stop("discard") },
          { label: "Stop, go on later", danger: false, run: () => stop("keep") },
        ]}
      >
        <p>{whatIsKept(run, checkpointStep)}</p>
        <p style={{ marginTop: 8 }}>
          Stopped for good, it ends now and cannot be resumed; steps since the last checkpoint are
          lost.
        </p>
      </ConfirmDialog>
    </span>
  );
}
