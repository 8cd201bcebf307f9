/** Some problems of a stage's data, written for its model as a run would write them. */
import { AppError } from "#shared/errors.ts";
import type { RenderedPrompts } from "#shared/schema/rendered-prompt.ts";
import { Recipe } from "#shared/schema/recipe.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { problemOfSet } from "#main/core/problems/problem.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import { keptTokenizer } from "#main/core/text/kept-tokenizers.ts";
import { renderedPrompt } from "#main/core/text/rendered-prompt.ts";
import type { Application } from "../application.ts";
import { promptsOf } from "../benchmarks/benchmark-file.ts";
import { problemDataOf } from "../problems/set-reader.ts";
import { promptingOf } from "./checks/memory-check.ts";
import { readRecipe } from "./checks/recipe-checks.ts";
import type { Path } from "./checks/recipe-finding.ts";
import { folderOf } from "./model-of-stage.ts";
import { readYaml } from "./recipe-yaml.ts";

const SHOWN = 3;
/** Seed of the problems that are drawn to be looked at; no run uses it. */
const LOOK_SEED = 7;

type Host = Pick<Application, "store" | "models" | "sets" | "tasks">;

/** Never throws on a bad recipe: says what is wrong, at its field. Other stages may be wrong. */
export async function renderPrompts(
  app: Host,
  yaml: string,
  index: number,
  relativeTo: string,
): Promise<RenderedPrompts> {
  const { problems, locate } = readRecipe(yaml);
  const recipe = Recipe.safeParse(readYaml(yaml).value).data;
  const stage = recipe?.stages[index];
  if (recipe === undefined || stage === undefined)
    return {
      prompts: [],
      problems: problems.filter(({ keys, level }) => level === "error" && isOf(keys, index)),
    };
  const at = (error: unknown, ...keys: string[]): RenderedPrompts => {
    if (!(error instanceof AppError)) throw error;
    const place = error.message.startsWith("prompt_template") ? ["prompt_template"] : keys;
    const path: Path = ["stages", index, ...place];
    const { message, advice } = error;
    return { prompts: [], problems: [locate({ path, message, advice: advice ?? null })] };
  };
  let asked: readonly Problem[];
  try {
    asked = await someProblems(app, stage);
  } catch (error) {
    return at(error, "data");
  }
  if (asked.length === 0) return { prompts: [], problems: [] };
  try {
    const folder = modelFolder(app, recipe, stage, relativeTo);
    if (folder === undefined) return { prompts: [], problems: [] };
    const tokenizer = keptTokenizer(folder);
    const prompting = promptingOf(stage);
    return {
      prompts: asked.map((problem) => renderedPrompt(tokenizer, problem, prompting)),
      problems: [],
    };
  } catch (error) {
    return at(error, "model");
  }
}

/** Errors of the stage, or of the whole text where it cannot be read. */
function isOf([top, index]: Path, stage: number): boolean {
  return top === undefined || (top === "stages" && (index === undefined || index === stage));
}

/** Throws NOT_FOUND, BAD_RECIPE, BAD_INPUT. */
async function someProblems(
  { store, sets, tasks: outside }: Host,
  stage: Stage,
): Promise<readonly Problem[]> {
  if (stage.kind === "benchmark" && "benchmark" in stage.data) {
    const { benchmark } = stage.data;
    return promptsOf(store.benchmarks, benchmark)
      .slice(0, SHOWN)
      .map((prompt, i) => importedProblem(benchmark, prompt, i));
  }
  const data = problemDataOf(stage);
  if (data === undefined) return [];
  const split = stage.kind === "benchmark" ? "test" : "train";
  const supply = new ProblemSupply(data, { split, seed: LOOK_SEED, sets, outside });
  await supply.prepareDistinct(SHOWN);
  return supply.distinct(SHOWN);
}

function importedProblem(benchmark: string, prompt: string, place: number): Problem {
  return problemOfSet(benchmark, {
    id: String(place + 1),
    messages: [{ role: "user", content: prompt }],
    gold: null,
    verifier: { name: "maths", options: {} },
    difficulty: null,
    tags: [],
    solution: null,
    columns: {},
    split: "test",
  });
}

/** Undefined where an input names nothing: the check says so. Throws NOT_FOUND for a model that is not there. */
function modelFolder(
  { models }: Host,
  recipe: Recipe,
  stage: Stage,
  relativeTo: string,
): string | undefined {
  const names = Object.entries(recipe.models);
  const origin = folderOf(recipe, stage.model, new Map(names.map(([key]) => [key, key])));
  const named = origin === undefined ? undefined : recipe.models[origin];
  return named === undefined ? undefined : models.resolve(named, relativeTo);
}
