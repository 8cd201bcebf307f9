/** The middle of a training or sampling run: charts or their table above, completions, history and log below. */
import { useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import type { Alarm, Checkpoint, Run, RunSummary } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { Crosshair, CrosshairContext } from "#renderer/charts/crosshair.tsx";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { Segments } from "#renderer/ui/segments.tsx";
import { CompletionsPanel } from "./completions/completions-panel.tsx";
import { HistoryPanel } from "./log/history-panel.tsx";
import { LogPanel } from "./log/log-panel.tsx";
import { nearestStep } from "./charts/nearest-step.ts";
import { NotePanel } from "./notes/note-panel.tsx";
import { ProgressRegion } from "./progress-region.tsx";
import { SearchPanel } from "./completions/search/search-panel.tsx";
import { StepPicker } from "./completions/step-picker.tsx";
import { useChartCommands } from "./charts/use-chart-commands.ts";
import { useChartState } from "./charts/use-chart-state.ts";
import { usePinnedStep } from "./charts/use-pinned-step.ts";
import { useRunStream } from "./use-run-stream.ts";

type Lower = "completions" | "search" | "history" | "log" | "note";

const LOWER: Readonly<Record<Lower, string>> = {
  completions: "Completions",
  search: "Whole run",
  history: "History",
  log: "Log",
  note: "Note",
};

/** The tabs that a stage has; only some stages keep completions step by step. */
function tabsOf(samples: boolean): readonly Lower[] {
  return samples ? ["completions", "search", "history", "log", "note"] : ["history", "log", "note"];
}

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
    return crosshair.store.subscribe(({ pinned: step }) => {
      if (step !== pinned) setPinned(step);
    });
  }, [crosshair, pinned, setPinned]);
  return [crosshair, pinned, setPinned];
}

export function TrainingView({
  run,
  live,
  checkpoints,
  alarms,
}: {
  readonly run: Run;
  readonly live: RunSummary;
  readonly checkpoints: readonly Checkpoint[];
  readonly alarms: readonly Alarm[];
}): ReactNode {
  const stream = useRunStream(run.id);
  const samples = SAMPLES.has(run.kind);
  const [crosshair, pinned, setPinned] = useCrosshairInAddress();
  const [tabText, setTab] = useFilter("tab", samples ? "completions" : "history");
  const tabs = useMemo(() => tabsOf(samples), [samples]);
  const tab = tabs.find((one) => one === tabText) ?? tabs[0] ?? "history";
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
  const state = useChartState(lastStep, pinned, setPinned);
  useChartCommands(state);
  useCommands(
    useMemo(
      (): readonly Command[] =>
        tabs.map((one, index) => ({
          id: `run.tab-${one}`,
          title: `Show below: ${LOWER[one].toLowerCase()}`,
          group: "This screen",
          keys: String(index + 1),
          run: () => setTab(one),
        })),
      [tabs, setTab],
    ),
  );
  return (
    <CrosshairContext value={crosshair}>
      <div className="runmain">
        <section
          className={
            !state.table && stream.lines.length <= FEW ? "chartsregion fit" : "chartsregion"
          }
          aria-label="Progress"
        >
          <ProgressRegion
            key={run.id}
            run={run}
            live={live}
            stream={stream}
            checkpoints={checkpoints}
            alarms={alarms}
            xRange={xRange}
            state={state}
          />
        </section>
        <section className="lower" aria-label="Completions, history and log">
          <div className="head bt">
            <Segments
              slim
              label="What is shown below"
              value={tab}
              onChange={setTab}
              segments={tabs.map((value, index) => ({
                value,
                label: (
                  <>
                    {LOWER[value]}
                    <span className="opt">
                      &ensp;
                      <KeyCaps keys={String(index + 1)} />
                    </span>
                  </>
                ),
              }))}
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
          {tab === "search" && <SearchPanel runId={run.id} />}
          {tab === "history" && <HistoryPanel runId={run.id} />}
          {tab === "log" && <LogPanel runId={run.id} live={live.status === "running"} />}
          {tab === "note" && <NotePanel run={live} />}
        </section>
      </div>
    </CrosshairContext>
  );
}
