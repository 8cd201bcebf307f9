/** How a measured model came about: its stages, their cost, and the options of the last one. */
import { basename } from "node:path";
import type { ComparedRow } from "#shared/schema/compare.ts";
import type { EvaluationRecord } from "#shared/schema/evaluation.ts";
import type { Run, RunId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { totalCost } from "../costs/cost-of-usage.ts";

export type ModelHistory = Pick<ComparedRow, "lineage" | "trainingUsd" | "options">;

/** Of a base, no stage, no cost, and its folder's name as the only option. */
export function modelHistory(
  store: Store,
  record: Pick<EvaluationRecord, "runId" | "label">,
): ModelHistory {
  const stages = ancestors(store, record.runId);
  const { totalUsd: trainingUsd } = totalCost(
    stages.flatMap(({ id }) => store.costs.ofRun(id) ?? []),
  );
  const last = stages.findLast(({ stageName }) => stageName === record.label);
  const { recipe } = store.pipelines.get(store.runs.summary(record.runId).pipelineId);
  const folder = recipe.models[record.label];
  return {
    lineage: stages.map(({ id, stageName, kind }) => ({ runId: id, stageName, kind })),
    trainingUsd,
    options:
      last === undefined
        ? { model: folder === undefined ? record.label : basename(folder) }
        : { ...flatOptions(last.config), seed: String(last.seed) },
  };
}

/** Every stage that went into a run, first to last, benchmarks left out. */
export function ancestors(store: Store, runId: RunId): Run[] {
  const found = new Map<RunId, Run>();
  const visit = (id: RunId): void => {
    for (const parent of store.runs.get(id).parents) {
      if (found.has(parent)) continue;
      const run = store.runs.get(parent);
      if (run.kind !== "benchmark") found.set(parent, run);
      visit(parent);
    }
  };
  visit(runId);
  return [...found.values()].toSorted((a, b) => a.position - b.position);
}

/** Options by path, as text: {data: {task: "x"}} → {"data.task": "x"}. */
export function flatOptions(value: object, prefix = ""): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]: [string, unknown]): [string, string][] => {
      const path = prefix === "" ? key : `${prefix}.${key}`;
      if (typeof one === "object" && one !== null && !Array.isArray(one))
        return Object.entries(flatOptions(one, path));
      return [[path, typeof one === "string" ? one : JSON.stringify(one)]];
    }),
  );
}
