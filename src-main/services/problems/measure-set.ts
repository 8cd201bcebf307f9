/**
 * Measuring a set: a pipeline of one benchmark stage that samples every problem, whose evaluation is kept as the model's
 * pass rates.
 */
import { stringify } from "yaml";
import { AppError } from "#shared/errors.ts";
import { problemFilterOf } from "#shared/schema/problem-filter-text.ts";
import { ProblemSplit } from "#shared/schema/problem.ts";
import { Recipe } from "#shared/schema/recipe.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import { problemSourcesOf, setVersion } from "./set-reader.ts";

export interface MeasureRequest {
  readonly set: string;
  readonly version: number | null;
  /** A model's id, name or folder. */
  readonly model: string;
  readonly samples: number;
  /** Left out: both sides. */
  readonly split?: ProblemSplit | undefined;
  readonly where: string;
  readonly temperature: number;
  readonly topP: number;
  readonly maxTokens: number;
  readonly scoring: "strict" | "lenient";
  readonly seed: number;
}

/** As YAML. Throws NOT_FOUND, BAD_INPUT where the filter finds no problem. */
export function measureRecipe(store: Store, request: MeasureRequest): string {
  const { set } = request;
  const { version } = store.problems.version(set, request.version);
  const filter = problemFilterOf(request.where);
  const sides = (request.split === undefined ? ProblemSplit.options : [request.split])
    .map((split) => ({ split, count: store.problems.count({ set, version, split, filter }) }))
    .filter(({ count }) => count > 0);
  const total = sides.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) {
    throw new AppError(
      "BAD_INPUT",
      `${set} has no such problem to measure.`,
      "Widen the filter, or name the other side.",
    );
  }
  const name = request.model.split(/[/\\]/u).findLast((part) => part !== "") ?? request.model;
  const recipe = {
    name: `${set} measured with ${name}`,
    seed: request.seed,
    models: { [name]: request.model },
    stages: [
      {
        name: "measure",
        kind: "benchmark",
        model: name,
        // In shares of their sizes, so that each gives all that it has.
        data: sides.map(({ split, count }) => ({
          problems: `${set}@${version}`,
          split,
          ...(request.where === "" ? {} : { where: request.where }),
          weight: count,
        })),
        num_problems: total,
        num_samples: request.samples,
        temperature: request.temperature,
        top_p: request.topP,
        max_completion_length: request.maxTokens,
        scoring: request.scoring,
      },
    ],
  };
  Recipe.parse(recipe);
  return stringify(recipe);
}

/** Keeps what a measuring run found; any other run's evaluation is left as it is. Within a transaction of the caller. */
export function keepPassRates(store: Store, runId: RunId, nowMs: number): boolean {
  const { config, pipelineId } = store.runs.get(runId);
  const { origin, recipe } = store.pipelines.get(pipelineId);
  if (origin !== "measure") return false;
  const [source] = problemSourcesOf(config);
  if (source === undefined) return false;
  const { set, version } = setVersion(source.problems);
  const pinned = store.problems.version(set, version).version;
  const solved = new Map(
    store.evaluations
      .solved(runId)
      .map(({ problemId, correct, samples }) => [problemId, { correct, samples }]),
  );
  const rates = store.problems.select({ set, version: pinned }).flatMap((problem) => {
    const counted = solved.get(`${set}/${problem.id}`);
    return counted === undefined ? [] : [{ problem, ...counted }];
  });
  store.passRates.insert(
    {
      set,
      version: pinned,
      modelKey: recipe.models[config.model] ?? config.model,
      modelName: config.model,
      runId,
      measuredAtMs: nowMs,
    },
    rates,
  );
  return true;
}
