/** A run's name, state, progress, rate and time left, and what can be done with it. */
import type { ReactNode } from "react";
import type { Pipeline, Run, RunSummary } from "#shared/schema/run.ts";
import { formatDuration, formatNumber, formatWhen } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { ChangeAndRun } from "#renderer/ui/pipelines/change-and-run.tsx";
import { PipelineName, pipelineText, modelText } from "#renderer/ui/pipelines/pipeline-name.tsx";
import { PipelineActions } from "#renderer/ui/pipelines/pipeline-actions.tsx";
import { isPaused } from "#renderer/ui/pipelines/pipeline-facts.ts";
import { Meter } from "#renderer/ui/pipelines/progress-line.tsx";
import { StatusWord } from "#renderer/ui/pipelines/run-status.tsx";
import { kindWord } from "#renderer/ui/pipelines/stage-name.ts";
import { useNow } from "#renderer/ui/use-now.ts";
import { doneText, shareDone, timeLeftText } from "#renderer/ui/pipelines/progress-text.ts";

/** Heartbeats come every two seconds; a compile may hold them up. Past this the window says how old its news is. */
const STALE_MS = 15_000;

function ProgressBox({ run, now }: { readonly run: RunSummary; readonly now: number }): ReactNode {
  const { progress } = run;
  const rate = progress?.tokensPerSecond ?? null;
  const ends =
    progress === null || progress.etaMs === null ? undefined : progress.timeMs + progress.etaMs;
  return (
    <div className="progressbox s12">
      <div className="flex nowrap">
        <span className="med num">{doneText(run)}</span>
        <span className="end num">
          <span className="med">{timeLeftText(run, now)}</span>
          {ends !== undefined && (
            <span className="t3 opt">, ends {formatWhen(Math.max(now, ends), now)}</span>
          )}
        </span>
      </div>
      <Meter share={shareDone(run)} live label="Progress of the stage" />
      <div className="t3 s11 nowrap ell">
        {progress?.phase ?? "starting"}
        {rate !== null && ` · ${formatNumber(rate)} tokens/s`}
      </div>
    </div>
  );
}

function Took({ run, now }: { readonly run: RunSummary; readonly now: number }): ReactNode {
  if (run.startedAtMs === null) return <span className="s12 t3">not started yet</span>;
  if (run.endedAtMs === null) return null;
  return (
    <span className="s12 t3 nowrap">
      {doneText(run)} in {formatDuration(run.activeMs)}, ended {formatWhen(run.endedAtMs, now)}
    </span>
  );
}

/** Why it stopped or failed, or how old the news is, under the head. */
export function RunNotices({ run }: { readonly run: RunSummary }): ReactNode {
  const now = useNow();
  const age = run.status === "running" && run.lastHeardAtMs !== null ? now - run.lastHeardAtMs : 0;
  return (
    <>
      {run.statusReason !== null && run.status !== "running" && run.status !== "finished" && (
        <div className={run.status === "failed" ? "notice fail" : "notice warn"} role="status">
          <Glyph
            name={run.status === "failed" ? "cross" : "warn"}
            className={run.status === "failed" ? "fail" : "warn"}
          />
          <span className="break">
            <span className="med">{run.statusReason.message}</span>{" "}
            <span className="t2">{run.statusReason.advice}</span>
          </span>
        </div>
      )}
      {age > STALE_MS && (
        <div className="notice warn" role="status">
          <Glyph name="warn" className="warn" />
          <span>
            <span className="med">Last heard {formatDuration(age)} ago.</span>{" "}
            <span className="t2">
              The engine may be compiling a program; only its exit counts as a crash, and then the
              run resumes from its last checkpoint.
            </span>
          </span>
        </div>
      )}
    </>
  );
}

export interface RunHeadProps {
  readonly run: Run;
  readonly live: RunSummary;
  readonly pipeline: Pipeline | undefined;
  readonly pipelineStatus: Pipeline["status"] | undefined;
  readonly checkpointStep: number | undefined;
  /** It is at work or next to go on: pausing, stopping and resuming the pipeline are acts on this stage. */
  readonly current: boolean;
}

export function RunHead({
  run,
  live,
  pipeline,
  pipelineStatus,
  checkpointStep,
  current,
}: RunHeadProps): ReactNode {
  const now = useNow();
  const working = live.status === "running" || live.status === "stopping";
  return (
    <div className="screenhead">
      <h1>{run.stageName}</h1>
      <StatusWord status={live.status} paused={isPaused(live)} />
      {live.tags.map((tag) => (
        <span key={tag} className="tag ell runtag" title={tag}>
          {tag}
        </span>
      ))}
      <span
        className="s12 t2 ell grow"
        title={`${kindWord(run.kind)} on ${run.config.model}, pipeline ${pipelineText(run)}`}
      >
        {kindWord(run.kind)} on <span className="mono">{modelText(live.model)}</span>, pipeline{" "}
        <PipelineName {...run} />
        {run.attempts > 1 && `, attempt ${String(run.attempts)}`}
      </span>
      {working ? <ProgressBox run={live} now={now} /> : <Took run={live} now={now} />}
      {pipeline !== undefined && (
        <ChangeAndRun
          pipeline={pipeline}
          status={pipelineStatus ?? pipeline.status}
          stage={run.stageName}
        />
      )}
      {pipeline !== undefined && current && (
        <PipelineActions
          pipeline={{
            id: pipeline.id,
            name: pipeline.name,
            status: pipelineStatus ?? pipeline.status,
          }}
          run={live}
          checkpointStep={checkpointStep}
        />
      )}
    </div>
  );
}
