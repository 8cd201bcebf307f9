/** The middle of a training or sampling run: charts or their table above, completions, history and log below. */
import { useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { Run, RunSummary } from "#shared/schema/run.ts";
import { useCommands } from "../../app/command-registry.ts";
import type { Command } from "../../app/command-registry.ts";
import { useFilter } from "../../app/location.ts";
import { host } from "../../bridge/host.ts";
import { useQuery } from "../../bridge/use-query.ts";
import { Crosshair, CrosshairContext } from "../../charts/crosshair.tsx";
import { formatNumber } from "../../ui/format.ts";
import { KeyCaps } from "../../ui/key-caps.tsx";
import { Empty, FailureNotice, SkeletonRows } from "../../ui/region-state.tsx";
import { Segments } from "../../ui/segments.tsx";
import { ChartsPanel } from "./charts-panel.tsx";
import { CompletionsPanel } from "./completions-panel.tsx";
import { HistoryPanel, LogPanel } from "./log-panel.tsx";
import { MetricTable } from "./metric-table.tsx";
import { nearestStep } from "./nearest-step.ts";
import { StepPicker } from "./step-picker.tsx";
import { usePinnedStep } from "./use-pinned-step.ts";
import { useRunStream } from "./use-run-stream.ts";

type Lower = "completions" | "history" | "log";

/** Metrics of a stage whose charts need no more than their own height. */
const FEW = 8;

/** Kinds of stages whose completions are kept step by step. */
const SAMPLES = new Set<Run["kind"]>(["grpo"]);

/** Keeps the crosshair and the address on the same step. */
function useCrosshairInAddress(): readonly [
  Crosshair,
  number | undefined,
  (step: number | undefined) => void,
] {
  const [crosshair] = useState(() => new Crosshair());
  const [pinned, setPinned] = usePinnedStep();
  useEffect(() => {
    crosshair.pin(pinned);
    return crosshair.subscribe(() => {
      const step = crosshair.get().pinned;
      if (step !== pinned) setPinned(step);
    });
  }, [crosshair, pinned, setPinned]);
  return [crosshair, pinned, setPinned];
}

export function TrainingView({
  run,
  live,
}: {
  readonly run: Run;
  readonly live: RunSummary;
}): ReactNode {
  const stream = useRunStream(run.id);
  const samples = SAMPLES.has(run.kind);
  const [crosshair, pinned, setPinned] = useCrosshairInAddress();
  const [view, setView] = useFilter("view", "charts");
  const [tabText, setTab] = useFilter("tab", samples ? "completions" : "history");
  const tab: Lower =
    tabText === "log" ? "log" : tabText === "history" || !samples ? "history" : "completions";
  const stepsQuery = useQuery(
    samples
      ? {
          key: `steps:${run.id}`,
          topics: [`rollouts:${run.id}`],
          fetch: (signal) => host.runs.rolloutSteps({ runId: run.id }, { signal }),
        }
      : undefined,
  );
  const steps = useMemo(() => (stepsQuery.data ?? []).map((one) => one.step), [stepsQuery.data]);
  const shownStep = nearestStep(steps, pinned);
  const rollouts = useQuery(
    shownStep === undefined
      ? undefined
      : {
          key: `rollouts:${run.id}:${String(shownStep)}`,
          topics: [`rollouts:${run.id}`],
          fetch: (signal) => host.runs.rollouts({ runId: run.id, step: shownStep }, { signal }),
        },
  );
  const lastStep = Math.max(
    live.lastStep,
    stream.lines.reduce((last, line) => Math.max(last, line.steps.at(-1) ?? 0), 0),
  );
  // A distillation counts prompts first and optimizer steps later, so there is no one range of steps.
  const xRange = useMemo(
    () =>
      run.totalSteps === null || run.totalSteps < 2 || run.kind === "distill"
        ? undefined
        : { min: 0, max: Math.max(run.totalSteps, lastStep) },
    [run.totalSteps, run.kind, lastStep],
  );
  useCommands(
    useMemo((): readonly Command[] => {
      const move = (by: number): void =>
        setPinned(Math.max(0, Math.min(lastStep, (pinned ?? lastStep) + by)));
      return [
        {
          id: "run.step-before",
          title: "One step back",
          group: "This screen",
          keys: "ArrowLeft",
          run: () => move(-1),
        },
        {
          id: "run.step-after",
          title: "One step on",
          group: "This screen",
          keys: "ArrowRight",
          run: () => move(1),
        },
        {
          id: "run.steps-before",
          title: "Ten steps back",
          group: "This screen",
          keys: "Shift+ArrowLeft",
          run: () => move(-10),
        },
        {
          id: "run.steps-after",
          title: "Ten steps on",
          group: "This screen",
          keys: "Shift+ArrowRight",
          run: () => move(10),
        },
        {
          id: "run.follow",
          title: "Follow the newest step",
          group: "This screen",
          keys: "Escape",
          run: () => setPinned(undefined),
        },
        {
          id: "run.table",
          title: "Charts as a table, or back",
          group: "This screen",
          keys: "V",
          run: () => setView(view === "table" ? "charts" : "table"),
        },
        {
          id: "run.log",
          title: "Show the log",
          group: "This screen",
          keys: "L",
          run: () => setTab("log"),
        },
      ];
    }, [pinned, lastStep, view, setPinned, setView, setTab]),
  );
  return (
    <CrosshairContext value={crosshair}>
      <div className="runmain">
        <section
          className={
            view === "charts" && stream.lines.length <= FEW ? "chartsregion fit" : "chartsregion"
          }
          aria-label="Progress"
        >
          <div className="head">
            <h2>Progress</h2>
            <span className="note">
              {pinned === undefined ? (
                <>at the newest step, {formatNumber(lastStep)}</>
              ) : (
                <>
                  at step <b className="med num">{formatNumber(pinned)}</b>, every chart
                </>
              )}
            </span>
            <span className="end flex">
              {pinned !== undefined && (
                <button
                  type="button"
                  className="btn small quiet"
                  onClick={() => setPinned(undefined)}
                >
                  Follow the newest <KeyCaps keys="Escape" />
                </button>
              )}
              <button
                type="button"
                className="btn small"
                aria-pressed={view === "table"}
                onClick={() => setView(view === "table" ? "charts" : "table")}
              >
                Table view <KeyCaps keys="V" />
              </button>
            </span>
          </div>
          {stream.failure !== undefined && <FailureNotice failure={stream.failure} />}
          {!stream.loaded && stream.failure === undefined && <SkeletonRows rows={6} />}
          {stream.loaded && stream.lines.length === 0 && (
            <Empty>
              {live.startedAtMs === null
                ? "This stage has not started. It runs when the stages before it are done."
                : "No metrics yet. They appear with the first step."}
            </Empty>
          )}
          {stream.lines.length > 0 &&
            (view === "table" ? (
              <MetricTable lines={stream.lines} step={pinned} onStep={setPinned} />
            ) : (
              <div className="scroll grow" tabIndex={0} role="group" aria-label="Charts">
                <ChartsPanel lines={stream.lines} xRange={xRange} />
              </div>
            ))}
        </section>
        <section className="lower" aria-label="Completions, history and log">
          <div className="head bt">
            <Segments
              slim
              label="What is shown below"
              value={tab}
              onChange={setTab}
              segments={[
                ...(samples ? [{ value: "completions" as const, label: "Completions" }] : []),
                { value: "history", label: "History" },
                {
                  value: "log",
                  label: (
                    <>
                      Log&ensp;
                      <KeyCaps keys="L" />
                    </>
                  ),
                },
              ]}
            />
            {tab === "completions" && (
              <StepPicker
                steps={steps}
                step={shownStep}
                pinned={pinned !== undefined}
                onStep={setPinned}
              />
            )}
          </div>
          {tab === "completions" && <CompletionsPanel runId={run.id} query={rollouts} />}
          {tab === "history" && <HistoryPanel runId={run.id} />}
          {tab === "log" && <LogPanel runId={run.id} live={live.status === "running"} />}
        </section>
      </div>
    </CrosshairContext>
  );
}
