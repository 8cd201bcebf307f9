/** The steps of a run that have completions, and those of the step that is shown. */
import { useMemo } from "react";
import type { RolloutGroup } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import { host } from "#renderer/bridge/host.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import type { Query } from "#renderer/bridge/use-query.ts";
import { nearestStep } from "../charts/nearest-step.ts";

export interface StepCompletions {
  readonly steps: readonly number[];
  readonly step: number | undefined;
  readonly query: Query<readonly RolloutGroup[]>;
}

/** @param samples whether the run keeps completions step by step; @param pinned undefined follows the newest step */
export function useStepCompletions(
  runId: RunId,
  samples: boolean,
  pinned: number | undefined,
): StepCompletions {
  const listed = useQuery(
    samples
      ? {
          key: `steps:${runId}`,
          topics: [`rollouts:${runId}`],
          fetch: (signal) => host.runs.rolloutSteps({ runId }, { signal }),
        }
      : undefined,
  );
  const steps = useMemo(() => (listed.data ?? []).map((one) => one.step), [listed.data]);
  const step = nearestStep(steps, pinned);
  const query = useQuery(
    step === undefined
      ? undefined
      : {
          key: `rollouts:${runId}:${String(step)}`,
          topics: [`rollouts:${runId}`],
          fetch: (signal) => host.runs.rollouts({ runId, step }, { signal }),
        },
  );
  return { steps, step, query };
}
