import type { Migration } from "./migration.ts";

/** Endpoints of teachers (without their keys), and what was tried in the playground. */
export const inference: Migration = {
  version: 7,
  name: "inference",
  sql: `
CREATE TABLE endpoints (
  id TEXT PRIMARY KEY,
  fields TEXT NOT NULL,
  created_at_ms REAL NOT NULL
) STRICT;

CREATE TABLE playground_threads (
  id TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  content TEXT NOT NULL,
  created_at_ms REAL NOT NULL,
  updated_at_ms REAL NOT NULL
) STRICT;

CREATE INDEX playground_threads_by_time ON playground_threads (updated_at_ms DESC);
`,
};
