/** A pipeline: its stages, what is at work, and its results as far as they are measured. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { Pipeline, PipelineId, PipelineSummary } from "#shared/schema/run.ts";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { useLivePipeline } from "#renderer/bridge/live-store.ts";
import { pipelineQuery, resultsQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatDuration, formatWhen } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { ChangeAndRun } from "#renderer/ui/pipelines/change-and-run.tsx";
import { PipelineActions } from "#renderer/ui/pipelines/pipeline-actions.tsx";
import {
  activeMsAt,
  currentRun,
  isActive,
  isPaused,
  originWord,
} from "#renderer/ui/pipelines/pipeline-facts.ts";
import { Meter } from "#renderer/ui/pipelines/progress-line.tsx";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { StatusWord } from "#renderer/ui/pipelines/run-status.tsx";
import { StageStrip } from "#renderer/ui/pipelines/stage-strip.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { ResultsRegion } from "./results-region.tsx";
import { RecipeRegion } from "./recipe-region.tsx";
import { CostTable } from "./cost-table.tsx";
import "./results.css";
import { Splitter } from "#renderer/ui/splitter.tsx";
import { doneText, shareDone, timeLeftText } from "#renderer/ui/pipelines/progress-text.ts";

/** The stage at work, with its progress and the way to it. */
function AtWork({ pipeline }: { readonly pipeline: PipelineSummary }): ReactNode {
  const run = currentRun(pipeline);
  const now = useNow();
  if (run === undefined || !isActive(pipeline.status)) return null;
  if (run.startedAtMs === null)
    return <p className="atwork s12 t2">Waits for the engine: one stage runs at a time.</p>;
  const rate = run.progress?.tokensPerSecond ?? null;
  return (
    <div className="atwork s12">
      <i className="dot live" />
      <span className="med">{run.stageName}</span>
      <span className="t2">{run.progress?.phase ?? "starting"}</span>
      <span style={{ width: 160 }}>
        <Meter share={shareDone(run)} live label="Progress of the stage" />
      </span>
      <span className="num">{doneText(run)}</span>
      {rate !== null && (
        <span className="t3 num">{Math.round(rate).toLocaleString("en-US")} tokens/s</span>
      )}
      <span className="t2 num">{timeLeftText(run, now)}</span>
      <a className="btn small end" href={hrefTo(["run", run.id])}>
        Watch it <KeyCaps keys="W" />
      </a>
    </div>
  );
}

function Reason({ pipeline }: { readonly pipeline: PipelineSummary }): ReactNode {
  const { statusReason, status } = pipeline;
  if (statusReason === null || isActive(status) || status === "finished") return null;
  return (
    <div className={status === "failed" ? "notice fail" : "notice warn"} role="status">
      <Glyph
        name={status === "failed" ? "cross" : "warn"}
        className={status === "failed" ? "fail" : "warn"}
      />
      <span className="break">
        <span className="med">{statusReason.message}</span>{" "}
        <span className="t2">{statusReason.advice}</span>
      </span>
    </div>
  );
}

function PipelineStatus({ pipeline }: { readonly pipeline: PipelineSummary }): ReactNode {
  return <StatusWord status={pipeline.status} paused={isPaused(currentRun(pipeline))} />;
}

function ActiveTime({ pipeline }: { readonly pipeline: PipelineSummary }): ReactNode {
  return formatDuration(activeMsAt(pipeline, useNow()));
}

function PipelineBody({ pipeline }: { readonly pipeline: Pipeline }): ReactNode {
  const summary = useLivePipeline(pipeline) ?? pipeline;
  const results = useQuery(resultsQuery(pipeline.id));
  const now = useNow(30_000);
  const run = currentRun(summary);
  const runId = run?.id;
  useTellCrumbs(
    useMemo(
      () => [{ label: "Runs", href: hrefTo(["runs"]) }, { label: pipeline.name }],
      [pipeline.name],
    ),
  );
  useCommands(
    useMemo(
      () => [
        {
          id: "pipeline.watch",
          title: "Watch the stage at work",
          group: "This screen",
          keys: "W",
          notNow: runId === undefined ? "no stage is at work" : undefined,
          run: () => {
            if (runId !== undefined) navigate(hrefTo(["run", runId]));
          },
        },
      ],
      [runId],
    ),
  );
  return (
    <>
      <div className="screenhead">
        <h1 className="ell">{pipeline.name}</h1>
        <span className="s12 t3 mono">{pipeline.id}</span>
        <PipelineStatus pipeline={summary} />
        <span className="s12 t2 grow ell">
          {originWord(pipeline.origin)}, seed {pipeline.seed}, started{" "}
          {formatWhen(pipeline.createdAtMs, now)}, <ActiveTime pipeline={summary} /> of work
        </span>
        {(results.data?.rows.length ?? 0) > 1 && (
          <a className="btn" href={hrefTo(["compare"], { runs: pipeline.id })}>
            Compare
          </a>
        )}
        <ChangeAndRun
          pipeline={pipeline}
          status={summary.status}
          stage={summary.runs.find(({ status }) => status === "failed")?.stageName}
        />
        <PipelineActions pipeline={summary} run={run} checkpointStep={undefined} />
      </div>
      <StageStrip pipelineId={pipeline.id} runs={summary.runs} shown={undefined} />
      <Reason pipeline={summary} />
      <AtWork pipeline={summary} />
      <div className="cols resultcols">
        <Splitter name="results" side="right" label="Width of the recipe" initial={304} />
        <section className="region scroll" aria-label="Results" tabIndex={0}>
          {results.failure !== undefined && (
            <FailureNotice failure={results.failure} onRetry={results.refresh} />
          )}
          {results.data === undefined && results.failure === undefined && <SkeletonRows />}
          {results.data !== undefined && (
            <ResultsRegion results={results.data} active={isActive(summary.status)} />
          )}
        </section>
        <aside className="region scroll" aria-label="Cost and recipe" tabIndex={0}>
          {results.data !== undefined && (
            <CostTable
              results={results.data}
              runs={summary.runs}
              active={isActive(summary.status)}
            />
          )}
          <RecipeRegion pipeline={pipeline} />
        </aside>
      </div>
    </>
  );
}

export function PipelineScreen({ pipelineId }: { readonly pipelineId: PipelineId }): ReactNode {
  const query = useQuery(pipelineQuery(pipelineId));
  return (
    <>
      {query.data === undefined && (
        <div className="screenhead">
          <h1>Results</h1>
        </div>
      )}
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined ? (
        query.failure === undefined && <SkeletonRows rows={16} />
      ) : (
        <PipelineBody pipeline={query.data} />
      )}
    </>
  );
}
