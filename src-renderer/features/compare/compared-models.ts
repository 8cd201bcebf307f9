/** Letters and marks of the compared models, and the order of the rows. Pure. */
import { modelLetter } from "#shared/comparison-text.ts";
import type {
  ComparedGroup,
  ComparedRow,
  ComparisonReport,
  SeededRows,
} from "#shared/schema/compare.ts";
import type { MarkStyle } from "#renderer/charts/intervals/mark.tsx";

export interface ComparedModel {
  /** The pipeline and the model's name: one model may have several benchmarks. */
  readonly key: string;
  readonly letter: string;
  readonly style: MarkStyle;
  readonly label: string;
  readonly pipelineName: string;
  readonly pipelineId: string;
}

export function modelKey(row: Pick<ComparedRow, "pipelineId" | "label">): string {
  return `${row.pipelineId}/${row.label}`;
}

/** In the order asked; baselines have the hollow mark and take no colour. */
export function comparedModels(report: ComparisonReport): ReadonlyMap<string, ComparedModel> {
  const models = new Map<string, ComparedModel>();
  let coloured = 0;
  for (const group of report.groups) {
    for (const row of group.rows) {
      const key = modelKey(row);
      if (models.has(key)) continue;
      const isBaseline = row.runId === group.baseline;
      models.set(key, {
        key,
        letter: modelLetter(models.size),
        style: isBaseline ? "reference" : coloured,
        label: row.label,
        pipelineName: row.pipelineName,
        pipelineId: row.pipelineId,
      });
      if (!isBaseline) coloured += 1;
    }
  }
  return toldApart(models);
}

/** Models of one name, as two pipelines of a recipe make them, are called by their pipeline too. */
function toldApart(models: ReadonlyMap<string, ComparedModel>): ReadonlyMap<string, ComparedModel> {
  const count = Map.groupBy(models.values(), ({ label }) => label);
  return new Map(
    [...models].map(([key, model]) => [
      key,
      (count.get(model.label)?.length ?? 0) > 1
        ? { ...model, label: `${model.label} ${model.pipelineId}` }
        : model,
    ]),
  );
}

/** Which columns stand beside the scores. */
export type TableView = "verdicts" | "scores";

export const SORTS = ["asked", "pass1", "points", "cost"] as const;
export type Sort = (typeof SORTS)[number];

export function asSort(text: string): Sort {
  return SORTS.find((sort) => sort === text) ?? "asked";
}

/** The baseline first, then by the sort, best first; cost cheapest first. */
export function sortedRows(group: ComparedGroup, sort: Sort): readonly ComparedRow[] {
  if (sort === "asked") return group.rows;
  const value = (row: ComparedRow): number => {
    if (sort === "pass1") return -row.summary.pass1.value;
    if (sort === "cost") return row.trainingUsd;
    return -(row.versus?.difference.value ?? Number.NEGATIVE_INFINITY);
  };
  return group.rows.toSorted(
    (a, b) =>
      Number(b.runId === group.baseline) - Number(a.runId === group.baseline) ||
      value(a) - value(b),
  );
}

/** In the order of `sortedRows`; those of several seeds stand as one where the first of them would. */
export function drawnRows(
  group: ComparedGroup,
  sort: Sort,
  together: boolean,
): readonly (ComparedRow | SeededRows)[] {
  const rows = sortedRows(group, sort);
  if (!together) return rows;
  const seedsOf = (row: ComparedRow): SeededRows | undefined =>
    group.seeds.find(({ runIds }) => runIds.includes(row.runId));
  return [...new Set(rows.map((row) => seedsOf(row) ?? row))];
}
