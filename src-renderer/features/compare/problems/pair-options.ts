/** The benchmarks that two models can be compared on, problem by problem. */
import type { ComparedGroup } from "#shared/schema/compare.ts";
import type { RunId } from "#shared/schema/run.ts";
import { modelKey } from "../compared-models.ts";
import type { ComparedModel } from "../compared-models.ts";

export interface PairOption {
  readonly runId: RunId;
  readonly model: ComparedModel;
  readonly task: string;
}

/** Benchmarks that can be chosen for the pair. */
export function pairOptions(
  groups: readonly ComparedGroup[],
  models: ReadonlyMap<string, ComparedModel>,
): readonly PairOption[] {
  return groups.flatMap((group) =>
    group.rows.flatMap((row) => {
      const model = models.get(modelKey(row));
      return model === undefined ? [] : [{ runId: row.runId, model, task: group.task }];
    }),
  );
}
