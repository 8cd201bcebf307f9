import type { Migration } from "./migration.ts";

/**
 * A problem whose difficulty nobody said has none. Before, its completions stood under difficulty 0; a set's own 0 stays
 * where a problem of that name has it.
 */
const MOVED = ["rollout_groups", "evaluation_problems"]
  .map(
    (table) => `
ALTER TABLE ${table} RENAME COLUMN difficulty TO said_difficulty;
ALTER TABLE ${table} ADD COLUMN difficulty INTEGER;
UPDATE ${table} SET difficulty = said_difficulty
WHERE said_difficulty <> 0 OR problem_id IN (
  SELECT s.name || '/' || p.problem_id FROM problems p
  JOIN problem_versions v ON v.id = p.version_id JOIN problem_sets s ON s.id = v.set_id
  WHERE p.difficulty = 0);
ALTER TABLE ${table} DROP COLUMN said_difficulty;`,
  )
  .join("");

export const noDifficulty: Migration = {
  version: 25,
  name: "no difficulty",
  sql: `${MOVED}
UPDATE evaluations SET summary = json_set(summary, '$.byDifficulty',
  json((SELECT json_group_array(json(one.value)) FROM json_each(summary, '$.byDifficulty') one
   WHERE json_extract(one.value, '$.difficulty') <> 0)))
WHERE EXISTS (SELECT 1 FROM json_each(summary, '$.byDifficulty') one
    WHERE json_extract(one.value, '$.difficulty') = 0)
  AND NOT EXISTS (SELECT 1 FROM evaluation_problems p
    WHERE p.run_id = evaluations.run_id AND p.difficulty = 0);
DELETE FROM metric_series WHERE name = 'accuracy/difficulty_0' AND NOT EXISTS
  (SELECT 1 FROM rollout_groups g WHERE g.run_id = metric_series.run_id AND g.difficulty = 0);
`,
};
