/** One stage run: live charts, completions of any step, history, cost and the locked configuration. */
import { useCallback, useMemo } from "react";
import type { ReactNode } from "react";
import type { RunId } from "#shared/schema/run.ts";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { useTellEditScope } from "#renderer/navigation/edit-scope.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useLivePipeline, useLiveRun } from "#renderer/bridge/live-store.ts";
import { pipelineQuery } from "#renderer/bridge/queries.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { FailureNotice, SkeletonRows } from "#renderer/ui/region-state.tsx";
import { currentRun } from "#renderer/ui/pipelines/pipeline-facts.ts";
import { pipelineText } from "#renderer/ui/pipelines/pipeline-name.tsx";
import { StageStrip } from "#renderer/ui/pipelines/stage-strip.tsx";
import { BenchmarkView } from "./benchmark/benchmark-view.tsx";
import { FactsAside } from "./aside/facts-aside.tsx";
import { RunHead, RunNotices } from "./run-head.tsx";
import { TrainingView } from "./training-view.tsx";
import { usePinnedStep } from "./charts/use-pinned-step.ts";
import "./run.css";
import { Splitter } from "#renderer/ui/splitter.tsx";

type RunFacts = Awaited<ReturnType<typeof host.runs.get>>;

function RunBody({ facts }: { readonly facts: RunFacts }): ReactNode {
  const { run, checkpoints, alarms, cost, evaluation, acceptance, ...unpriced } = facts;
  const live = useLiveRun(run);
  const pipeline = useQuery(pipelineQuery(run.pipelineId)).data;
  const livePipeline = useLivePipeline(pipeline);
  const [, setStep] = usePinnedStep();
  const checkpointStep = checkpoints
    .filter((one) => one.removedAtMs === null)
    .reduce<number | undefined>((last, one) => Math.max(last ?? 0, one.step), undefined);
  const onStep = useCallback((step: number) => setStep(step), [setStep]);
  useTellEditScope(`run:${run.id}`);
  useTellCrumbs(
    useMemo(
      () => [
        { label: "Runs", href: hrefTo(["runs"]) },
        { label: pipelineText(run), href: hrefTo(["pipeline", run.pipelineId]) },
        { label: run.stageName },
      ],
      [run],
    ),
  );
  return (
    <>
      <RunHead
        run={run}
        live={live}
        pipeline={pipeline}
        pipelineStatus={livePipeline?.status}
        checkpointStep={checkpointStep}
        current={livePipeline === undefined || currentRun(livePipeline)?.id === run.id}
      />
      <StageStrip pipelineId={run.pipelineId} runs={livePipeline?.runs ?? [live]} shown={run.id} />
      <RunNotices run={live} />
      <div className="cols runcols">
        <Splitter name="run" side="right" label="Width of the facts" initial={312} />
        {run.kind === "benchmark" ? (
          <BenchmarkView run={run} live={live} evaluation={evaluation} />
        ) : (
          <TrainingView run={run} live={live} checkpoints={checkpoints} alarms={alarms} />
        )}
        <FactsAside
          run={run}
          alarms={alarms}
          checkpoints={checkpoints}
          cost={cost}
          unpriced={unpriced}
          acceptance={acceptance}
          onStep={onStep}
        />
      </div>
    </>
  );
}

export function RunScreen({ runId }: { readonly runId: RunId }): ReactNode {
  const query = useQuery({
    key: `run:${runId}`,
    topics: [`run:${runId}`],
    fetch: (signal) => host.runs.get({ runId }, { signal }),
  });
  return (
    <>
      {query.data === undefined && (
        <div className="screenhead">
          <h1>Run</h1>
        </div>
      )}
      {query.failure !== undefined && (
        <FailureNotice failure={query.failure} onRetry={query.refresh} />
      )}
      {query.data === undefined ? (
        query.failure === undefined && <SkeletonRows rows={16} />
      ) : (
        <RunBody facts={query.data} />
      )}
    </>
  );
}
