/** Recipes: those that ship, those that are kept, their checks, estimates, exports and the try-out of rewards. */
import { AppError } from "#shared/errors.ts";
import type { Contract } from "#shared/contract/contract.ts";
import type { Run, RunId } from "#shared/schema/run.ts";
import { problemAt, taskFacts } from "#main/core/problems/task-facts.ts";
import { problemOfSet } from "#main/core/problems/problem.ts";
import {
  tryOnProblems,
  tryOnRollouts,
  tryOnTexts,
} from "#main/core/rewards/scoring/try-rewards.ts";
import type { StoredCompletion } from "#main/core/rewards/scoring/try-rewards.ts";
import type { Application } from "#main/services/application.ts";
import { readCompletions } from "#main/services/problems/read-completions.ts";
import { exportRecipe } from "#main/services/exports/export-recipe.ts";
import { checkWhole } from "#main/services/recipes/checks/recipe-check-whole.ts";
import { checkRecipeData } from "#main/services/recipes/checks/recipe-data-check.ts";
import { readRecipe, requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { diffOptions, diffText } from "#main/services/recipes/recipe-diff.ts";
import { recipeFromRun } from "#main/services/recipes/recipe-from-run.ts";
import { renderPrompts } from "#main/services/recipes/render-prompts.ts";
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
      app.builtInRecipes().flatMap(({ id, yaml }) => {
        const { recipe } = readRecipe(yaml);
        if (recipe === null) return [];
        return [{ id, yaml, name: recipe.name, description: recipe.description ?? "" }];
      }),
    ),
    validate: to.validate.handler(({ input }) => {
      const { recipe, problems } = readRecipe(input.yaml);
      return { recipe, problems: [...problems] };
    }),
    check: to.check.handler(({ input }) => checkWhole(app, input.yaml, input.relativeTo)),
    checkData: to.checkData.handler(({ input, signal }) =>
      checkRecipeData(app, input.yaml, input.relativeTo ?? process.cwd(), signal),
    ),
    renderPrompts: to.renderPrompts.handler(({ input }) =>
      renderPrompts(app, input.yaml, input.stage, input.relativeTo ?? process.cwd()),
    ),
    tasks: to.tasks.handler(() =>
      taskFacts().map((task) => ({ ...task, difficulties: [...task.difficulties] })),
    ),
    saved: to.saved.handler(() => book.list()),
    get: to.get.handler(({ input }) => book.get(input.id)),
    create: to.create.handler(({ input }) => book.create(input.from)),
    fromRun: to.fromRun.handler(({ input }) => {
      const { recipe, comment } = recipeFromRun(store, input.runId, input.step);
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
      exportRecipe(requireRecipe(input.yaml), input.target, app.sets, (spec) =>
        app.rewardFiles.text(spec, input.relativeTo ?? process.cwd()),
      ),
    ),
    tryRewards: to.tryRewards.handler(async ({ input, signal }) => {
      const { from } = input;
      const trial = {
        rewards: input.rewards,
        maxCompletionLength: input.maxCompletionLength,
        sets: app.sets,
        sandbox: app.sandbox,
        signal: signal ?? new AbortController().signal,
        own: app.rewardFiles.runner(app.sandbox, input.relativeTo ?? process.cwd(), signal),
      };
      if ("source" in from)
        return {
          step: null,
          ...(await tryOnTexts(trial, from.source, from.index, from.completions)),
        };
      if ("set" in from) {
        const read = await readCompletions(store, from, from.completions);
        const texts = read.map(({ problem, completion }) => ({
          problem: problemOfSet(from.set, problem),
          text: completion,
        }));
        return { step: null, ...(await tryOnProblems(trial, texts, input.answerFormat)) };
      }
      const run = grpoRun(app, from.runId);
      const step = from.step ?? store.rollouts.steps(run.id).at(-1)?.step ?? 0;
      const kept = storedCompletions(app, run.id, step);
      const tried = await tryOnRollouts(trial, run, step, kept.slice(0, from.limit));
      if (tried.completions.length === 0)
        throw new AppError(
          "NOT_FOUND",
          `${run.id} has no completions of step ${step} that can be graded again.`,
          "Choose another step or run, or paste a completion.",
        );
      return { step, ...tried };
    }),
    drawProblem: to.drawProblem.handler(({ input }) => {
      const { prompt, gold, solution } = problemAt(input.source, input.index, app.sets);
      return { prompt, gold, example: solution() };
    }),
  };
}

/** Throws NOT_FOUND, or BAD_INPUT for a stage that keeps no completions. */
function grpoRun(app: Application, runId: RunId): Run {
  const run = app.store.runs.get(runId);
  if (run.kind === "grpo") return run;
  throw new AppError(
    "BAD_INPUT",
    `${runId} is a ${run.kind} stage: it keeps no groups of completions.`,
    "Choose a GRPO stage.",
  );
}

function storedCompletions(app: Application, runId: RunId, step: number): StoredCompletion[] {
  return Array.from(
    app.store.rollouts.all(runId, step),
    ({ group, problemId, completion, completionIds, finishReason }) => ({
      group,
      problemId,
      text: completion,
      tokens: completionIds.length,
      finished: finishReason === "stop",
    }),
  );
}
