import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { RunId } from "#shared/schema/run.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

test("completions of the version before are found at once, and by the index when it is filled", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  db.pragma("foreign_keys = ON");
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 16),
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
             ('p1-grpo', 2, 0, 0, 'four' || char(0) || 'teen', x'', x'', '{}', 0, 0, 0, 'length');
  `);
  db.close();
  const store = openStore(file);
  const run = RunId.parse("p1-grpo");
  const steps = (text: string): number[] =>
    store.rollouts.search(run, { text, offset: 0, limit: 10 }).hits.map(({ step }) => step);
  const all = (): number[][] => ["three", "1+2", "four", "teen", "And", "zebra"].map(steps);
  const expected = [[1], [1], [2], [2], [2], []];
  expect(all()).toEqual(expected);
  expect(store.transaction(() => store.rollouts.fillTextIndex())).toBe(false);
  expect(all()).toEqual(expected);
  store.rewind(run, { step: 1, createdAtMs: 0 });
  expect(all()).toEqual([[1], [1], [], [], [], []]);
  store.close();
});
