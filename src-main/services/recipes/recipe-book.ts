/** The recipes of a workspace: kept ones, and how they come to be. */
import { readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { isMap, isScalar, stringify } from "yaml";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { RecipeRef } from "#shared/contract/recipes.ts";
import { StoredRecipe, RecipeId } from "#shared/schema/recipe-draft.ts";
import type { RecipeOrigin, SavedRecipe, SavedRecipeSummary } from "#shared/schema/recipe-draft.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import type { Store } from "#main/store/store.ts";
import type { EditJournal, EditPen } from "../workspace/edit-journal.ts";
import type { LiveEvents } from "../workspace/live-events.ts";
import { withKeptRewards } from "./keep-rewards.ts";
import type { RewardFiles } from "./reward-files.ts";
import { readRecipe } from "./checks/recipe-checks.ts";
import { recipeYaml } from "./write-recipe.ts";
import { readYaml, yamlValue } from "./recipe-yaml.ts";

/** A recipe is a few pages of text; a larger file is something else. */
const LARGEST_FILE = 1_000_000;

/** What a list can show of a text that may be broken. */
const Outline = z.object({
  name: z.string().optional().catch(undefined),
  description: z.string().optional().catch(undefined),
  stages: z
    .array(
      z.object({ name: z.string().catch("?"), kind: z.string().catch("?") }).catch({
        name: "?",
        kind: "?",
      }),
    )
    .catch([]),
});

export type CreateFrom =
  | { readonly preset: string }
  | { readonly recipe: RecipeId }
  | { readonly pipeline: PipelineId }
  | { readonly file: string }
  | { readonly yaml: string; readonly fileName?: string | undefined };

export interface RecipeBookOptions {
  readonly rewardFiles: RewardFiles;
  readonly store: Store;
  readonly preset: (id: string) => string;
  readonly journal: EditJournal;
  readonly live: LiveEvents;
  readonly now: () => number;
}

/** Payloads stand in the store: their shapes never change. */
const TextChange = z.strictObject({ id: RecipeId, yaml: z.string() });
type TextChange = z.infer<typeof TextChange>;
/** A recipe as it was, or null where it is not kept. */
const Presence = z.strictObject({ id: RecipeId, recipe: StoredRecipe.nullable() });
type Presence = z.infer<typeof Presence>;

const CHANGED = [{ type: "recipes" }] as const;

export class RecipeBook {
  readonly #options: RecipeBookOptions;
  readonly #texts: EditPen<TextChange>;
  readonly #presences: EditPen<Presence>;

  constructor(options: RecipeBookOptions) {
    this.#options = options;
    const { recipes } = options.store;
    this.#texts = options.journal.register("recipe-text", {
      payload: TextChange,
      apply: ({ id, yaml }) => {
        const name = outlineOf(yaml).name ?? recipes.get(id).name;
        recipes.setText(id, { yaml, name, nowMs: options.now() });
      },
      events: () => CHANGED,
    });
    this.#presences = options.journal.register("recipe-presence", {
      payload: Presence,
      apply: ({ id, recipe }) => {
        if (recipe === null) recipes.delete(id);
        else recipes.restore(recipe);
      },
      events: () => CHANGED,
    });
  }

  list(): SavedRecipeSummary[] {
    return this.#options.store.recipes.list().map(summaryOf);
  }

  /** Throws NOT_FOUND. */
  get(id: RecipeId): SavedRecipe {
    const kept = this.#options.store.recipes.get(id);
    const { yaml, startYaml, revision } = kept;
    return { ...summaryOf(kept), yaml, startYaml, revision };
  }

  /** The text that a reference means. Throws NOT_FOUND. */
  text(ref: RecipeRef): string {
    if ("yaml" in ref) return ref.yaml;
    if ("preset" in ref) return this.#options.preset(ref.preset);
    if ("recipe" in ref) return this.#options.store.recipes.get(ref.recipe).yaml;
    return this.#pipelineText(ref.pipeline);
  }

  /** Throws NOT_FOUND, or BAD_INPUT for a file that cannot be a recipe. */
  create(from: CreateFrom): SavedRecipe {
    if ("preset" in from) return this.add(this.text(from), { kind: "preset", id: from.preset });
    if ("recipe" in from) {
      const { yaml, name } = this.#options.store.recipes.get(from.recipe);
      return this.add(withName(yaml, `${name}, copy`), { kind: "copy", id: from.recipe });
    }
    if ("pipeline" in from)
      return this.add(this.text(from), { kind: "pipeline", id: from.pipeline });
    if ("file" in from) {
      const { rewardFiles } = this.#options;
      const folder = dirname(resolve(from.file));
      const yaml = withKeptRewards(readRecipeFile(from.file), folder, rewardFiles);
      return this.add(yaml, { kind: "file", name: basename(from.file) });
    }
    return this.add(
      from.yaml,
      from.fileName === undefined ? { kind: "text" } : { kind: "file", name: from.fileName },
    );
  }

  add(yaml: string, origin: RecipeOrigin): SavedRecipe {
    const { store, now, live } = this.#options;
    const name = outlineOf(yaml).name ?? "Untitled";
    const id = store.transaction(() => store.recipes.insert({ name, origin, yaml, nowMs: now() }));
    live.publish(CHANGED);
    return this.get(id);
  }

  /** Throws NOT_FOUND, and CONFLICT where it was saved since `revision`. */
  save(
    id: RecipeId,
    change: { readonly yaml: string; readonly revision: number; readonly label: string },
  ): SavedRecipe {
    const before = this.#options.store.recipes.get(id);
    if (before.revision !== change.revision) {
      throw new AppError(
        "CONFLICT",
        "The recipe was changed elsewhere since it was loaded here.",
        "Load it again, or keep this text: it then replaces the other.",
      );
    }
    if (before.yaml !== change.yaml) {
      this.#texts.write({
        scope: `recipe:${id}`,
        label: change.label,
        forward: { id, yaml: change.yaml },
        inverse: { id, yaml: before.yaml },
      });
    }
    return this.get(id);
  }

  /** Pipelines keep their own snapshots, so nothing of them is lost. */
  delete(id: RecipeId): void {
    const recipe = this.#options.store.recipes.get(id);
    this.#presences.write({
      scope: "recipes",
      label: `delete ${recipe.name}`,
      forward: { id, recipe: null },
      inverse: { id, recipe },
    });
  }

  /** As it was frozen: the resolved recipe, since the text may name files relative to a folder that is gone. */
  #pipelineText(id: PipelineId): string {
    return recipeYaml(this.#options.store.pipelines.get(id).recipe);
  }
}

function summaryOf(kept: StoredRecipe): SavedRecipeSummary {
  const { stages, description } = outlineOf(kept.yaml);
  return {
    id: kept.id,
    name: kept.name,
    description: description ?? null,
    origin: kept.origin,
    stages,
    errors: readRecipe(kept.yaml).problems.filter(({ level }) => level === "error").length,
    createdAtMs: kept.createdAtMs,
    updatedAtMs: kept.updatedAtMs,
  };
}

function outlineOf(yaml: string): z.infer<typeof Outline> {
  return Outline.safeParse(yamlValue(yaml)).data ?? { stages: [] };
}

/** Everything but the name's own characters stays as it is written. */
function withName(yaml: string, name: string): string {
  const { document, faults } = readYaml(yaml);
  const node: unknown = isMap(document.contents) ? document.get("name", true) : undefined;
  const range = isScalar(node) ? node.range : undefined;
  if (faults.length > 0 || range === null || range === undefined) return yaml;
  return `${yaml.slice(0, range[0])}${stringify(name).trimEnd()}${yaml.slice(range[1])}`;
}

function readRecipeFile(path: string): string {
  const file = resolve(path);
  const facts = statSync(file, { throwIfNoEntry: false });
  if (facts?.isFile() !== true) {
    throw new AppError("NOT_FOUND", `There is no file ${file}.`, "Name a recipe's YAML file.");
  }
  if (facts.size > LARGEST_FILE) {
    throw new AppError(
      "BAD_INPUT",
      `${file} has ${facts.size} bytes: that is no recipe.`,
      "A recipe is a YAML file of a few pages.",
    );
  }
  return readFileSync(file, "utf8");
}
