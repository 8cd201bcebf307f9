/** Training problems to ask a teacher, for the services: they do not import the engine. */
import type { TaskSource } from "#shared/schema/recipe.ts";
import { drawProblems } from "./split.ts";
import type { Problem } from "./task.ts";

/** The same for the same seed; a smaller count is a prefix. Throws BAD_RECIPE for what the task does not have. */
export function drawTrainingProblems(source: TaskSource, seed: number, count: number): Problem[] {
  return drawProblems({ source, split: "train", seed, count });
}
