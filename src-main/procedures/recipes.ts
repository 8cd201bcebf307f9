/** Recipes: those that ship, those that are kept, their checks, estimates, exports and the try-out of rewards. */
import type { Contract } from "#shared/contract/contract.ts";
import { problemAt } from "#main/core/problems/task-facts.ts";
import { builtInRecipes } from "#main/services/recipes/built-in-recipes.ts";
import type { Application } from "#main/services/application.ts";
import { exportRecipe } from "#main/services/exports/export-recipe.ts";
import { checkWhole } from "#main/services/recipes/checks/recipe-check-whole.ts";
import { checkRecipeData } from "#main/services/recipes/checks/recipe-data-check.ts";
import { readRecipe, requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { diffOptions, diffText } from "#main/services/recipes/recipe-diff.ts";
import { recipeFromRun } from "#main/services/recipes/recipe-from-run.ts";
import { renderPrompts } from "#main/services/recipes/render-prompts.ts";
import { tryRewards } from "#main/services/recipes/try-rewards-on.ts";
import { recipeYaml } from "#main/services/recipes/write-recipe.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function recipeProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["recipes"]> {
  const to = os.recipes;
  const { recipeBook: book, store } = app;
  return {
    list: to.list.handler(() =>
      builtInRecipes().flatMap(({ id, yaml }) => {
        const { recipe } = readRecipe(yaml);
        if (recipe === null) return [];
        return [{ id, yaml, name: recipe.name, description: recipe.description ?? "" }];
      }),
    ),
    validate: to.validate.handler(({ input }) => {
      const { recipe, problems } = readRecipe(input.yaml);
      return { recipe, problems: [...problems] };
    }),
    check: to.check.handler(async ({ input, signal }) => {
      await app.tasks.try(readRecipe(input.yaml).recipe?.stages ?? [], signal);
      return checkWhole(app, input.yaml, input.relativeTo);
    }),
    checkData: to.checkData.handler(({ input, signal }) =>
      checkRecipeData(app, input.yaml, input.relativeTo, signal),
    ),
    renderPrompts: to.renderPrompts.handler(({ input }) =>
      renderPrompts(app, input.yaml, input.stage, input.relativeTo ?? process.cwd()),
    ),
    tasks: to.tasks.handler(() =>
      app.tasks.facts().map((task) => ({ ...task, difficulties: [...task.difficulties] })),
    ),
    saved: to.saved.handler(() => book.list()),
    get: to.get.handler(({ input }) => book.get(input.id)),
    create: to.create.handler(({ input }) => book.create(input.from)),
    fromRun: to.fromRun.handler(({ input }) => {
      const { recipe, comment } = recipeFromRun(store, input.runId, input);
      return book.add(recipeYaml(recipe, comment), {
        kind: "run",
        id: input.runId,
        step: input.step ?? null,
      });
    }),
    save: to.save.handler(({ input }) => book.save(input.id, input)),
    delete: to.delete.handler(({ input }) => {
      book.delete(input.id);
    }),
    compare: to.compare.handler(({ input }) => {
      const [a, b] = [book.text(input.a), book.text(input.b)];
      return { options: diffOptions(a, b), lines: diffText(a, b) };
    }),
    export: to.export.handler(({ input }) =>
      exportRecipe(
        requireRecipe(input.yaml),
        input.target,
        { sets: app.sets, outside: app.tasks },
        {
          textOf: (file) => app.rewardFiles.text(file, input.relativeTo),
          endpointOf: (name) => app.endpoints.list().find((one) => one.name === name),
        },
      ),
    ),
    tryRewards: to.tryRewards.handler(({ input, signal }) => tryRewards(app, input, signal)),
    drawProblem: to.drawProblem.handler(async ({ input, signal }) => {
      const { prompt, gold, solution } = await problemAt(
        input.source,
        input.index,
        { sets: app.sets, outside: app.tasks },
        signal,
      );
      return { prompt, gold, example: solution() };
    }),
  };
}
