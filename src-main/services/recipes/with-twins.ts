/**
 * `twin: ppo`, written out: beside the grpo stage one that is the same but for a critic, and beside each benchmark of its
 * model one of the twin's. What starts, costs, resumes and compares stages needs to know nothing of twins then.
 */
import { modelTeacher } from "#shared/schema/recipe.ts";
import type { Recipe, Stage } from "#shared/schema/recipe.ts";
import type { GrpoStage } from "#shared/schema/stages/grpo-stage.ts";
import { isTwinOf, twinName } from "#shared/schema/twin.ts";

export interface WithTwins {
  readonly recipe: Recipe;
  /** Of each stage: the place, in the recipe as it is written, of what it came from. */
  readonly places: readonly number[];
}

/**
 * The recipe with its twins, each behind the last benchmark of what it is the twin of, with its own benchmarks, or before the
 * first stage that begins with its model; one that has them written out already stays as it is.
 */
export function withTwins(recipe: Recipe): WithTwins {
  const placed = recipe.stages.map((stage, place) => ({ stage, place }));
  const twins = placed.flatMap(({ stage, place }) => {
    if (stage.kind !== "grpo" || !needsTwin(recipe, stage)) return [];
    const benchmarks = placed.filter(
      (other) => other.stage.kind === "benchmark" && other.stage.model === stage.name,
    );
    const needed = placed.find((other) => needs(other.stage, twinName(stage.name)))?.place;
    return {
      behind: Math.min(benchmarks.at(-1)?.place ?? place, (needed ?? Infinity) - 1),
      stages: [
        { stage: ppoOf(stage), place },
        // Benchmarks of the same problems share a seed already.
        ...benchmarks.map((one) => ({
          stage: {
            ...one.stage,
            name: twinName(one.stage.name),
            model: twinName(stage.name),
          },
          place: one.place,
        })),
      ],
    };
  });
  const all = placed.flatMap((one) => [
    one,
    ...twins.filter(({ behind }) => behind === one.place).flatMap(({ stages }) => stages),
  ]);
  return {
    recipe: { ...recipe, stages: all.map(({ stage }) => stage) },
    places: all.map(({ place }) => place),
  };
}

/**
 * The stages without what was written out for this one, as it was before: where it begins otherwise, so must its twin, and
 * is written out anew.
 */
export function withoutTwin(stages: readonly Stage[], stage: Stage): readonly Stage[] {
  const twin = stages.find((other) => isTwinOf(other, stage));
  if (twin === undefined) return stages;
  const measuring = stages.filter(
    (other) => other.kind === "benchmark" && other.model === stage.name,
  );
  const written = new Set(measuring.map(({ name }) => twinName(name)));
  return stages.filter(
    (other) =>
      other !== twin &&
      !(other.kind === "benchmark" && other.model === twin.name && written.has(other.name)),
  );
}

/** Whether a stage begins with that model, or is taught by it. */
function needs(stage: Stage, model: string): boolean {
  return stage.model === model || modelTeacher(stage) === model;
}

function needsTwin(recipe: Recipe, stage: GrpoStage): boolean {
  return stage.twin === "ppo" && !recipe.stages.some((other) => isTwinOf(other, stage));
}

/**
 * The same model, prompts, seed (see `seedOf`) and numbers of completions and steps; KL, where there is any, is a part of
 * the reward, as in PPO.
 */
export function ppoOf(stage: GrpoStage): GrpoStage {
  const { twin: _, ...same } = stage;
  return {
    ...same,
    name: twinName(stage.name),
    adv_estimator: "gae",
    multi_objective_aggregation: "sum_then_normalize",
    use_kl_in_reward: stage.use_kl_in_reward || stage.beta > 0,
  };
}
