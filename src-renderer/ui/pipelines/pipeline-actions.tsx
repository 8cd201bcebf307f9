/** Pause, stop and resume of a pipeline. Stopping asks first and names what is kept; resuming asks since it is long work. */
import type { ReactNode } from "react";
import type { Pipeline, RunSummary } from "#shared/schema/run.ts";
import { ConfirmDialog } from "../confirm-dialog.tsx";
import { formatNumber } from "../format.ts";
import { KeyCaps } from "../key-caps.tsx";
import { FailureNotice } from "../region-state.tsx";
import { usePipelineActs } from "./use-pipeline-acts.ts";
import type { PipelineActs } from "./use-pipeline-acts.ts";

export interface PipelineActionsProps {
  readonly pipeline: Pick<Pipeline, "id" | "name" | "status">;
  /** The stage at work or next to go on. */
  readonly run: RunSummary | undefined;
  /** Step of the last checkpoint of that stage, where it is known. */
  readonly checkpointStep: number | undefined;
}

export function PipelineActions(props: PipelineActionsProps): ReactNode {
  const { pipeline, run, checkpointStep } = props;
  const acts = usePipelineActs(pipeline, run);
  return (
    <span className="flex">
      {acts.running && (
        <button type="button" className="btn" disabled={acts.busy} onClick={acts.pauseOrContinue}>
          {acts.paused ? "Continue" : "Pause"} <KeyCaps keys="P" />
        </button>
      )}
      {acts.stoppable && (
        <button type="button" className="btn danger" onClick={() => acts.ask("stop")}>
          Stop… <KeyCaps keys="S" />
        </button>
      )}
      {acts.resumable && (
        <button
          type="button"
          className={pipeline.status === "failed" ? "btn" : "btn primary"}
          disabled={acts.busy}
          onClick={() => acts.ask("resume")}
        >
          {checkpointStep === undefined
            ? "Resume…"
            : `Resume from step ${formatNumber(checkpointStep)}…`}{" "}
          <KeyCaps keys="R" />
        </button>
      )}
      {acts.failure !== undefined && acts.asked === undefined && (
        <FailureNotice failure={acts.failure} />
      )}
      <ResumeQuestion {...props} acts={acts} />
      <StopQuestion {...props} acts={acts} />
    </span>
  );
}

type QuestionProps = PipelineActionsProps & { readonly acts: PipelineActs };

/** Stages that train nothing keep their answers instead of checkpoints. */
function onlySamples(run: RunSummary | undefined): boolean {
  return run?.kind === "benchmark" || run?.kind === "rejection-sampling";
}

function whereItGoesOn(run: RunSummary | undefined, checkpointStep: number | undefined): string {
  if (checkpointStep !== undefined) return `from step ${formatNumber(checkpointStep)}`;
  return onlySamples(run) ? "with the answers that it has" : "from its last checkpoint";
}

function ResumeQuestion({ pipeline, run, checkpointStep, acts }: QuestionProps): ReactNode {
  return (
    <ConfirmDialog
      opened={acts.asked === "resume"}
      title={`Resume ${pipeline.name}?`}
      keep="Not now"
      busy={acts.busy}
      failure={acts.failure}
      onClose={acts.dismiss}
      acts={[{ label: "Resume", danger: false, run: acts.resume }]}
    >
      <p>It goes on {whereItGoesOn(run, checkpointStep)}, as soon as nothing else runs.</p>
    </ConfirmDialog>
  );
}

function StopQuestion({ pipeline, run, checkpointStep, acts }: QuestionProps): ReactNode {
  return (
    <ConfirmDialog
      opened={acts.asked === "stop"}
      title={`Stop ${pipeline.name}?`}
      keep="Keep running"
      busy={acts.busy}
      failure={acts.failure}
      onClose={acts.dismiss}
      acts={[
        { label: "Stop for good", danger: true, run: () => acts.stop("discard") },
        { label: "Stop, go on later", danger: false, run: () => acts.stop("keep") },
      ]}
    >
      <p>{whatIsKept(run, checkpointStep)}</p>
      <p style={{ marginTop: 8 }}>
        Stopped for good, it ends now and cannot be resumed; steps since the last checkpoint are
        lost.
      </p>
    </ConfirmDialog>
  );
}

function whatIsKept(run: RunSummary | undefined, checkpointStep: number | undefined): string {
  if (run === undefined) return "Finished stages stay as they are.";
  if (onlySamples(run))
    return `${run.stageName} ends when the problems at hand are answered. Answers that it has stay.`;
  const checkpoint =
    checkpointStep === undefined
      ? "Its next checkpoint is written at the next step."
      : `A checkpoint is written at the next step; the last one is of step ${formatNumber(checkpointStep)}.`;
  return `${run.stageName} is at step ${formatNumber(run.lastStep)}. ${checkpoint} All metrics and completions stay.`;
}
