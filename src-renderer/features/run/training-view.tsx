/** The middle of a training or sampling run: charts or their table above, completions, history and log below. */
import { useMemo } from "react";
import type { ReactNode } from "react";
import type { Alarm, Checkpoint, Run, RunSummary } from "#shared/schema/run.ts";
import { CrosshairContext } from "#renderer/charts/crosshair.tsx";
import type { Range } from "#renderer/charts/series.ts";
import { useChartCommands } from "./charts/use-chart-commands.ts";
import { useChartState } from "./charts/use-chart-state.ts";
import { useCrosshairInAddress } from "./charts/use-crosshair-in-address.ts";
import { LowerRegion } from "./lower-region.tsx";
import { ProgressRegion } from "./progress-region.tsx";
import { useRunStream } from "./use-run-stream.ts";

/** Metrics of a stage whose charts need no more than their own height. */
const FEW = 8;

/** All steps that a run will have. */
function stepsOf(
  kind: Run["kind"],
  totalSteps: number | null,
  lastStep: number,
): Range | undefined {
  // A distillation counts prompts first and optimizer steps later, so there is no one range of steps.
  if (totalSteps === null || totalSteps < 2 || kind === "distill") return undefined;
  return { min: 0, max: Math.max(totalSteps, lastStep) };
}

export interface TrainingViewProps {
  readonly run: Run;
  readonly live: RunSummary;
  readonly checkpoints: readonly Checkpoint[];
  readonly alarms: readonly Alarm[];
}

export function TrainingView(props: TrainingViewProps): ReactNode {
  const { run, live, checkpoints, alarms } = props;
  const stream = useRunStream(run.id);
  const { crosshair, pinned, setPinned } = useCrosshairInAddress();
  const lastStep = Math.max(
    live.lastStep,
    stream.lines.reduce((last, line) => Math.max(last, line.steps.at(-1) ?? 0), 0),
  );
  const { kind, totalSteps } = run;
  const xRange = useMemo(() => stepsOf(kind, totalSteps, lastStep), [kind, totalSteps, lastStep]);
  const state = useChartState(lastStep, pinned, setPinned);
  useChartCommands(state);
  const fits = !state.table && stream.lines.length <= FEW;
  return (
    <CrosshairContext value={crosshair}>
      <div className="runmain">
        <section className={fits ? "chartsregion fit" : "chartsregion"} aria-label="Progress">
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
        <LowerRegion run={run} live={live} pinned={pinned} setPinned={setPinned} />
      </div>
    </CrosshairContext>
  );
}
