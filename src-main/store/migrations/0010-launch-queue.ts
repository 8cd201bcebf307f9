import type { Migration } from "./migration.ts";

/** The order in which launches wait, and which of them are held, for the next start of the host. */
export const launchQueue: Migration = {
  version: 10,
  name: "launch queue",
  sql: `
CREATE TABLE launch_queue (
  pipeline_id TEXT PRIMARY KEY REFERENCES pipelines (id) ON DELETE CASCADE,
  place INTEGER NOT NULL UNIQUE,
  held INTEGER NOT NULL CHECK (held IN (0, 1))
) STRICT;
`,
};
