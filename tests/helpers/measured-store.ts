/** A real store with finished benchmarks whose right and wrong samples the test names. */
import type { EvaluationSample } from "#shared/schema/engine-protocol.ts";
import { Recipe } from "#shared/schema/recipe.ts";
import { RunId } from "#shared/schema/run.ts";
import { summarize } from "#main/core/evaluation/summarize.ts";
import type { Store } from "#main/store/store.ts";
import { ENVIRONMENT } from "./store-fixture.ts";

export interface Measured {
  readonly label: string;
  /** For each problem, its samples: 1 right, 0 wrong. */
  readonly right: readonly (readonly number[])[];
  readonly temperature?: number;
  readonly scoring?: "strict" | "lenient";
  readonly task?: "arithmetic" | "countdown";
  /** What every completion says. */
  readonly text?: string;
  /** Number of the first problem: others overlap less. */
  readonly firstProblem?: number;
  readonly prompt?: (index: number) => string;
}

/** A pipeline named `name` with a benchmark for each model. Gives the benchmarks' ids. */
export function measuredLaunch(
  store: Store,
  name: string,
  models: readonly Measured[],
  seed = 0,
): RunId[] {
  const recipe = Recipe.parse({
    name,
    models: Object.fromEntries(models.map(({ label }) => [label, `/models/${label}`])),
    stages: models.map(({ label, right, scoring = "strict", task = "arithmetic" }, index) => ({
      name: `benchmark-${index}`,
      kind: "benchmark",
      model: label,
      data: { task, difficulties: [3] },
      num_problems: right.length,
      scoring,
    })),
  });
  return store.transaction(() => {
    const pipelineId = store.pipelines.insert({
      name,
      origin: "recipe",
      recipe,
      recipeYaml: null,
      recipeSha256: "0",
      seed,
      runtime: "auto",
      createdAtMs: 1,
    });
    return recipe.stages.map((config, position) => {
      const id = RunId.parse(`${pipelineId}-${config.name}`);
      store.runs.insert({
        id,
        pipelineId,
        position,
        config,
        configSha256: "0",
        seed: 7,
        environment: ENVIRONMENT,
        parents: [],
        outDir: "out",
        createdAtMs: 1,
      });
      const model = models[position];
      if (model === undefined) throw new Error("a model for each stage");
      const samples = samplesOf(model);
      store.evaluations.insertSamples(id, samples);
      const { temperature = 1, scoring = "strict", task = "arithmetic" } = model;
      store.evaluations.setSummary(
        id,
        model.label,
        summarize(samples, {
          task,
          verifier: [task],
          seed: 1,
          temperature,
          topP: 1,
          maxTokens: 10,
          scoring,
        }),
      );
      return id;
    });
  });
}

function samplesOf({
  right,
  text = "an answer",
  firstProblem = 0,
  prompt = (index) => `Problem ${index}`,
}: Measured): EvaluationSample[] {
  return right.flatMap((samples, problemIndex) =>
    samples.map((one, sampleIndex): EvaluationSample => ({
      problemIndex,
      sampleIndex,
      problemId: `q${firstProblem + problemIndex}`,
      difficulty: 3,
      prompt: prompt(firstProblem + problemIndex),
      gold: "1",
      completion: text,
      answer: String(one),
      correct: one === 1,
      finishReason: "stop",
      tokens: 3,
    })),
  );
}

/** `count` problems of two samples each, of which `right` have both right and the others none. */
export function solved(count: number, right: number): number[][] {
  return Array.from({ length: count }, (_, index) => (index < right ? [1, 1] : [0, 0]));
}
