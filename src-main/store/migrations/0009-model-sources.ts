import type { Migration } from "./migration.ts";

/** Where an imported model was got, so that asking for the same again finds it. */
export const modelSources: Migration = {
  version: 9,
  name: "model sources",
  sql: `
ALTER TABLE models ADD COLUMN source TEXT;
CREATE INDEX models_by_source ON models (source) WHERE source IS NOT NULL;
`,
};
