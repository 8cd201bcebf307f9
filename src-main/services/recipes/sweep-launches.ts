/** The recipes of a sweep, one for each of its points. */
import type { Recipe } from "#shared/schema/recipe.ts";
import type { SweepAxis, SweepMode } from "#shared/schema/recipe-draft.ts";
import { requireRecipe } from "./checks/recipe-checks.ts";
import { overridesOf, sweepPoints } from "./sweep.ts";
import type { SweepPoint } from "./sweep.ts";

export interface SweepOf {
  readonly yaml: string;
  readonly overrides?: readonly string[] | undefined;
  readonly axes: readonly SweepAxis[];
  readonly mode: SweepMode;
}

/** Throws BAD_INPUT for axes that make no sweep, BAD_RECIPE where one of the recipes cannot be started. */
export function sweepLaunches({
  yaml,
  overrides = [],
  axes,
  mode,
}: SweepOf): { readonly point: SweepPoint; readonly recipe: Recipe }[] {
  return sweepPoints(axes, mode).map((point) => ({
    point,
    recipe: requireRecipe(yaml, [...overrides, ...overridesOf(point)]),
  }));
}
