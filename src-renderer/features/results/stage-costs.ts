/** Time and cost of a pipeline's stages, as far as they are known. Pure. */
import type { PipelineResults } from "#shared/schema/evaluation.ts";
import type { RunId, RunSummary } from "#shared/schema/run.ts";
import { stageActiveMsAt } from "#renderer/ui/pipelines/pipeline-facts.ts";

export interface StageCost {
  readonly runId: RunId;
  readonly stageName: string;
  readonly ms: number;
  /** null: it ended before it recorded what it used. */
  readonly usd: number | null;
}

export interface StageCosts {
  readonly stages: readonly StageCost[];
  /** Of all of them; null where none is known. */
  readonly ms: number | null;
  /** null: nothing was recorded. */
  readonly usd: number | null;
}

type Costs = Pick<PipelineResults, "stages" | "total" | "boughtUsd">;
type Worked = Pick<RunSummary, "id" | "stageName" | "activeMs" | "workingSinceMs">;

/**
 * A stage records what it used at its checkpoints and at its end. One that failed before has no record: of it the time at
 * work is known, and the cost is not. Time is the time at work, as everywhere: what the head says is the sum of these.
 * @param now the stage at work is counted up to this moment.
 */
export function stageCosts(results: Costs, runs: readonly Worked[], now: number): StageCosts {
  const recorded = new Map(results.stages.map((stage) => [stage.runId, stage.cost]));
  const stages = runs.flatMap((run): readonly StageCost[] => {
    const { id, stageName } = run;
    const cost = recorded.get(id);
    const ms = stageActiveMsAt(run, now);
    if (cost === undefined && ms === 0) return [];
    return [{ runId: id, stageName, ms, usd: cost?.totalUsd ?? null }];
  });
  const nothing = recorded.size === 0 && results.boughtUsd === 0;
  return {
    stages,
    ms: stages.length === 0 ? null : stages.reduce((sum, stage) => sum + stage.ms, 0),
    usd: nothing ? null : results.total.totalUsd + results.boughtUsd,
  };
}
