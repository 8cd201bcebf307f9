/** GRPO beside its twin with a critic: what going without the critic saved, and what each learned on held-out problems. */
import type { TwinComparison, TwinSide } from "#shared/schema/twin-comparison.ts";
import { isTwinOf, twinName } from "#shared/schema/twin.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import type { EvaluationRecord } from "#shared/schema/evaluation.ts";
import type { Pipeline, PipelineId, RunSummary } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { judge } from "./judge.ts";
import type { JudgedPair } from "./judge.ts";
import type { PairedTests } from "./paired-tests.ts";

type Twins = { readonly grpo: GrpoStage; readonly ppo: GrpoStage };

type Side = { readonly run: RunSummary; readonly stage: GrpoStage };

/** The twins of pipelines, in their order. All of their tests are corrected together. Throws NOT_FOUND. */
export function twinComparisons(
  store: Store,
  tests: PairedTests,
  pipelineIds: readonly PipelineId[],
): TwinComparison[] {
  const found = pipelineIds.flatMap((id) => {
    const pipeline = store.pipelines.get(id);
    const records = store.evaluations.ofPipeline(id);
    return twinsOf(pipeline).map(({ grpo, ppo }) => {
      const sides = { grpo: sideOf(pipeline, grpo), ppo: sideOf(pipeline, ppo) };
      return { pipeline, ...sides, pairs: pairsOf(pipeline, records, sides) };
    });
  });
  const judged = judge(
    store,
    tests,
    found.flatMap(({ pairs }) => pairs),
  ).values();
  return found.map(({ pipeline, grpo, ppo, pairs }) => ({
    pipelineId: pipeline.id,
    pipelineName: pipeline.name,
    seed: pipeline.seed,
    valueModel: ppo.stage.value_model,
    grpo: tookBy(store, pipeline, grpo.run),
    ppo: tookBy(store, pipeline, ppo.run),
    benchmarks: pairs.map(({ record, baseline }) => {
      const { versus = null, refusal = null } = judged.next().value ?? {};
      const { pass1, task, n, k } = record.summary;
      return {
        grpoRunId: record.runId,
        ppoRunId: baseline.runId,
        ...{ task, n, k, versus, refusal },
        grpo: pass1,
        ppo: baseline.summary.pass1,
      };
    }),
  }));
}

function twinsOf({ recipe }: Pipeline): Twins[] {
  return recipe.stages.flatMap((grpo) =>
    recipe.stages.flatMap((ppo) =>
      grpo.kind === "grpo" && ppo.kind === "grpo" && isTwinOf(ppo, grpo) ? { grpo, ppo } : [],
    ),
  );
}

function sideOf({ runs }: Pipeline, stage: GrpoStage): Side {
  const run = runs.find(({ stageName }) => stageName === stage.name);
  if (run === undefined) throw new Error(`the pipeline has no run of ${stage.name}`);
  return { run, stage };
}

/** GRPO's benchmarks, each with the twin's of the same name. */
function pairsOf(
  { recipe, runs }: Pipeline,
  records: readonly EvaluationRecord[],
  { grpo }: { readonly grpo: Side },
): JudgedPair[] {
  const recordOf = (stageName: string): EvaluationRecord | undefined => {
    const run = runs.find((one) => one.stageName === stageName);
    return records.find(({ runId }) => runId === run?.id);
  };
  return recipe.stages.flatMap((stage) => {
    if (stage.kind !== "benchmark" || stage.model !== grpo.stage.name) return [];
    const [record, baseline] = [recordOf(stage.name), recordOf(twinName(stage.name))];
    return record === undefined || baseline === undefined ? [] : [{ record, baseline }];
  });
}

function tookBy(store: Store, { id }: Pipeline, run: RunSummary): TwinSide {
  const entry = store.costs.list(id).find(({ runId }) => runId === run.id);
  return {
    runId: run.id,
    stageName: run.stageName,
    usage: entry?.usage ?? null,
    usd: entry?.totalUsd ?? null,
  };
}
