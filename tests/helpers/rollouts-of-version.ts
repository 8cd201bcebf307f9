/** A database of an older version that holds one GRPO run, p1-grpo, with a completion at each of two steps. */
import { join } from "node:path";
import Database from "better-sqlite3";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { temporaryFolder } from "./store-fixture.ts";

/**
 * @param before the first migration that it does not have
 * @param second what the second completion says, as SQL
 * @param more statements after that
 */
export function rolloutsOfVersion(before: number, second: string, more = ""): string {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  db.pragma("foreign_keys = ON");
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < before),
  );
  db.exec(`
    INSERT INTO pipelines (id, number, name, origin, recipe, recipe_sha256, seed, runtime, status, created_at_ms)
      VALUES ('p1', 1, 'old', 'recipe', '{}', '0', 0, 'auto', 'stopped', 1);
    INSERT INTO runs (id, pipeline_id, position, stage_name, kind, config, config_sha256, seed, environment, status,
        out_dir, created_at_ms, started_at_ms)
      VALUES ('p1-grpo', 'p1', 0, 'grpo', 'grpo', '{}', '0', 0, '{}', 'finished', 'out', 1, 2);
    INSERT INTO rollout_groups VALUES ('p1-grpo', 1, 0, 'q', 3, 'What is 1+2?'), ('p1-grpo', 2, 0, 'q', 3, 'And 2+2?');
    INSERT INTO rollouts (run_id, step, group_index, completion_index, completion, completion_ids, logprobs, rewards,
        reward, advantage, correct, finish_reason)
      VALUES ('p1-grpo', 1, 0, 0, 'It is Three', x'', x'', '{}', 1, 0, 1, 'stop'),
             ('p1-grpo', 2, 0, 0, ${second}, x'', x'', '{}', 0, 0, 0, 'length');
    ${more}
  `);
  db.close();
  return file;
}
