import type { Migration } from "./migration.ts";

/**
 * What the tour makes to show is no part of what was spent. Samples of before are known by the dataset's name, and their
 * launch by being the first short check after it: the tour starts it in the same moment, here within ten seconds.
 */
export const toursSample: Migration = {
  version: 17,
  name: "tour's sample",
  sql: `
ALTER TABLE datasets ADD COLUMN for_tour INTEGER NOT NULL DEFAULT 0 CHECK (for_tour IN (0, 1));
UPDATE datasets SET for_tour = 1 WHERE name = 'Sample of the tour';
UPDATE pipelines SET origin = 'tour' WHERE origin = 'demo-smoke' AND id IN (
  SELECT (SELECT p.id FROM pipelines p
    WHERE p.origin = 'demo-smoke' AND p.created_at_ms BETWEEN d.created_at_ms AND d.created_at_ms + 10000
    ORDER BY p.created_at_ms LIMIT 1)
  FROM datasets d WHERE d.for_tour = 1);
`,
};
