/** Recipes that a person keeps: their texts, where they came from, and a number that grows with every save. */
import { AppError } from "#shared/errors.ts";
import { RecipeId, RecipeOrigin } from "#shared/schema/recipe-draft.ts";
import type { StoredRecipe } from "#shared/schema/recipe-draft.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";

interface RecipeRow {
  id: string;
  name: string;
  origin: string;
  yaml: string;
  start_yaml: string;
  revision: number;
  created_at_ms: number;
  updated_at_ms: number;
}

export class RecipeRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Numbers are never used twice, even after a deletion. */
  insert(
    recipe: Pick<StoredRecipe, "name" | "origin" | "yaml"> & { readonly nowMs: number },
  ): RecipeId {
    const number = this.#db
      .prepare<[], number>(
        `INSERT INTO counters (name, value) VALUES ('recipe', 1)
         ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`,
      )
      .pluck()
      .get();
    const id = RecipeId.parse(`r${number}`);
    this.#db
      .prepare(
        `INSERT INTO recipes (id, number, name, origin, yaml, start_yaml, created_at_ms, updated_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        id,
        number,
        recipe.name,
        JSON.stringify(recipe.origin),
        recipe.yaml,
        recipe.yaml,
        recipe.nowMs,
        recipe.nowMs,
      );
    return id;
  }

  /** Throws NOT_FOUND. */
  get(id: RecipeId): StoredRecipe {
    const row = this.#db.prepare<[string], RecipeRow>("SELECT * FROM recipes WHERE id = ?").get(id);
    if (row === undefined) throw noRecipe(id);
    return recipeOf(row);
  }

  /** The last changed first. */
  list(): StoredRecipe[] {
    return this.#db
      .prepare<[], RecipeRow>("SELECT * FROM recipes ORDER BY updated_at_ms DESC, number DESC")
      .all()
      .map(recipeOf);
  }

  /** Throws NOT_FOUND. */
  setText(
    id: RecipeId,
    change: Pick<StoredRecipe, "name" | "yaml"> & { readonly nowMs: number },
  ): void {
    const { changes } = this.#db
      .prepare(
        `UPDATE recipes SET yaml = ?, name = ?, revision = revision + 1, updated_at_ms = ?
         WHERE id = ?`,
      )
      .run(change.yaml, change.name, change.nowMs, id);
    if (changes === 0) throw noRecipe(id);
  }

  /** Puts a deleted one back as it was. */
  restore(recipe: StoredRecipe): void {
    this.#db
      .prepare(
        `INSERT INTO recipes (id, number, name, origin, yaml, start_yaml, revision, created_at_ms, updated_at_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        recipe.id,
        Number(recipe.id.slice(1)),
        recipe.name,
        JSON.stringify(recipe.origin),
        recipe.yaml,
        recipe.startYaml,
        recipe.revision,
        recipe.createdAtMs,
        recipe.updatedAtMs,
      );
  }

  delete(id: RecipeId): void {
    const { changes } = this.#db.prepare("DELETE FROM recipes WHERE id = ?").run(id);
    if (changes === 0) throw noRecipe(id);
  }
}

function recipeOf(row: RecipeRow): StoredRecipe {
  return {
    id: RecipeId.parse(row.id),
    name: row.name,
    origin: readJson(RecipeOrigin, row.origin),
    yaml: row.yaml,
    startYaml: row.start_yaml,
    revision: row.revision,
    createdAtMs: row.created_at_ms,
    updatedAtMs: row.updated_at_ms,
  };
}

function noRecipe(id: string): AppError {
  return new AppError(
    "NOT_FOUND",
    `There is no recipe "${id}".`,
    "`gradus recipes list` shows them all.",
  );
}
