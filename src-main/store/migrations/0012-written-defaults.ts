import type { Migration } from "./migration.ts";
import { withWrittenDefaults } from "./written-defaults.ts";

/**
 * Defaults became TRL's. Kept recipes, and their texts that an undo would bring back, say the old ones from now on.
 * Launches are snapshots with every option written out: they need nothing.
 */
export const writtenDefaults: Migration = {
  version: 12,
  name: "defaults of 0.1 written into kept recipes",
  functions: { with_written_defaults: withWrittenDefaults },
  sql: `
UPDATE recipes SET
  yaml = with_written_defaults(yaml),
  start_yaml = with_written_defaults(start_yaml);

UPDATE edits SET
  forward = json_set(forward, '$.yaml', with_written_defaults(forward ->> '$.yaml')),
  inverse = json_set(inverse, '$.yaml', with_written_defaults(inverse ->> '$.yaml'))
WHERE kind = 'recipe-text';

UPDATE edits SET forward = json_set(forward,
  '$.recipe.yaml', with_written_defaults(forward ->> '$.recipe.yaml'),
  '$.recipe.startYaml', with_written_defaults(forward ->> '$.recipe.startYaml'))
WHERE kind = 'recipe-presence' AND json_type(forward, '$.recipe') = 'object';

UPDATE edits SET inverse = json_set(inverse,
  '$.recipe.yaml', with_written_defaults(inverse ->> '$.recipe.yaml'),
  '$.recipe.startYaml', with_written_defaults(inverse ->> '$.recipe.startYaml'))
WHERE kind = 'recipe-presence' AND json_type(inverse, '$.recipe') = 'object';
`,
};
