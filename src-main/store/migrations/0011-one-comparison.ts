import type { Migration } from "./migration.ts";

/**
 * Comparisons are made when they are shown, by one rule: those that benchmarks kept of themselves went by another. Runs
 * that began under 0.1.0's division of problems into train and test are marked.
 */
export const oneComparison: Migration = {
  version: 11,
  name: "one comparison",
  sql: `
ALTER TABLE evaluations DROP COLUMN comparison;
ALTER TABLE runs ADD COLUMN divided_before INTEGER NOT NULL DEFAULT 0 CHECK (divided_before IN (0, 1));
UPDATE runs SET divided_before = 1 WHERE started_at_ms IS NOT NULL;
`,
};
