/** A recipe's whole check: its text, then what this workspace and machine say, with what it will take. */
import type { RecipeEstimate, RecipeFinding } from "#shared/schema/recipe-draft.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import { diskSpace, memoryLimitBytes } from "#main/platform/machine.ts";
import type { Application } from "../../application.ts";
import { readRecipe } from "./recipe-checks.ts";
import { estimateStages } from "../recipe-estimate.ts";
import { clippingNotes } from "./recipe-inert.ts";
import { checkInWorkspace } from "./workspace-checks.ts";

export interface WholeCheck {
  /** null where something keeps it from being started. */
  readonly recipe: Recipe | null;
  readonly problems: RecipeFinding[];
  readonly estimate: RecipeEstimate | null;
}

export function checkWhole(
  app: Pick<Application, "store" | "models" | "paths" | "datasets" | "sets" | "tasks">,
  yaml: string,
  relativeTo: string = process.cwd(),
): WholeCheck {
  const { recipe, problems, locate } = readRecipe(yaml);
  if (recipe === null) return { recipe, problems: [...problems], estimate: null };
  const { freeBytes } = diskSpace(app.paths.root);
  const checked = checkInWorkspace(recipe, {
    models: app.models,
    setSize: (id) => app.store.benchmarks.find(id)?.problems,
    versionSize: (ref) => app.datasets.versions.find(ref)?.records,
    sets: app.sets,
    tasks: app.tasks,
    relativeTo,
    memoryBytes: memoryLimitBytes(),
    diskFreeBytes: freeBytes,
  });
  const findings = [...checked.findings, ...recipe.stages.flatMap(clippingNotes)];
  const all = distinct([...problems, ...findings.map(locate)]).sort(
    (a, b) => (a.line ?? 0) - (b.line ?? 0),
  );
  return {
    recipe: all.some(({ level }) => level === "error") ? null : recipe,
    problems: all,
    estimate: {
      ...estimateStages(app.store, recipe, checked.facts),
      diskBytes: checked.diskBytes,
      diskFreeBytes: freeBytes,
    },
  };
}

/** What is said of a stage and of its twin in the same words is said once. */
function distinct(findings: readonly RecipeFinding[]): RecipeFinding[] {
  return findings.filter(
    ({ path, message }, i) =>
      findings.findIndex((other) => other.path === path && other.message === message) === i,
  );
}
