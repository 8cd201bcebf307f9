import type { Migration } from "./migration.ts";

/** Recipes that a person keeps, and sweeps: launches of one recipe that differ in named options. */
export const recipes: Migration = {
  version: 5,
  name: "recipes and sweeps",
  sql: `
CREATE TABLE recipes (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL,
  origin TEXT NOT NULL,
  yaml TEXT NOT NULL,
  -- What it began with.
  start_yaml TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1,
  created_at_ms REAL NOT NULL,
  updated_at_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sweeps (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL,
  mode TEXT NOT NULL,
  axes TEXT NOT NULL,
  created_at_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- The recipe may be deleted later: the launch keeps its own snapshot.
ALTER TABLE pipelines ADD COLUMN recipe_id TEXT REFERENCES recipes(id) ON DELETE SET NULL;
ALTER TABLE pipelines ADD COLUMN sweep_id TEXT REFERENCES sweeps(id) ON DELETE SET NULL;
ALTER TABLE pipelines ADD COLUMN sweep_values TEXT;
CREATE INDEX pipelines_of_sweep ON pipelines (sweep_id) WHERE sweep_id IS NOT NULL;
`,
};
