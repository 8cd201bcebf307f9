/** The rows of a comparison that launches of one recipe gave with several seeds, together. */
import { meanInterval, seededRun } from "#shared/over-seeds.ts";
import type { SeededRun } from "#shared/over-seeds.ts";
import type { ComparedRow, OverSeeds, SeededRows } from "#shared/schema/compare.ts";
import type { Store } from "#main/store/store.ts";

type SeededRow = ComparedRow & SeededRun;

/** Only those of two seeds or more; one row is no group. */
export function rowsOverSeeds(store: Store, rows: readonly ComparedRow[]): SeededRows[] {
  const ids = new Set(rows.map(({ pipelineId }) => pipelineId));
  const pipelines = new Map([...ids].map((id) => [id, store.pipelines.get(id)]));
  const seeded = rows.flatMap((row): SeededRow[] => {
    const pipeline = pipelines.get(row.pipelineId);
    const stage = pipeline?.runs.find(({ id }) => id === row.runId);
    if (pipeline === undefined || stage === undefined) return [];
    return [{ ...row, ...seededRun(pipeline.recipe, stage.stageName, pipeline.seed) }];
  });
  return [...Map.groupBy(seeded, ({ key }) => key).values()].flatMap((members): SeededRows[] => {
    const bySeed = Map.groupBy(members, ({ seeds }) => seeds);
    const counted = [...bySeed.values()].flatMap(([first]) => first ?? []);
    const [first] = counted;
    if (first === undefined || counted.length < 2) return [];
    const gains = counted.flatMap(({ versus }) => versus?.difference.value ?? []);
    return [
      {
        runIds: members.map(({ runId }) => runId),
        counted: counted.map(({ runId }) => runId),
        label: first.label,
        pass1: overSeeds(
          counted.map(({ summary }) => summary.pass1.value),
          0,
        ),
        difference: gains.length === counted.length ? overSeeds(gains, -1) : null,
        trainingUsd: meanInterval(counted.map(({ trainingUsd }) => trainingUsd)).mean,
      },
    ];
  });
}

/** @param least that such a value can be; the most is 1 */
function overSeeds(values: readonly number[], least: number): OverSeeds {
  const { mean, low, high } = meanInterval(values);
  return {
    mean,
    low: Math.max(least, low ?? mean),
    high: Math.min(1, high ?? mean),
    min: Math.min(...values),
    max: Math.max(...values),
  };
}
