import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { RunId } from "#shared/schema/run.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

test("texts that were indexed before are found at once, and by the new indexes when these are filled", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  db.pragma("foreign_keys = ON");
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 19),
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
             ('p1-grpo', 2, 0, 0, 'four é', x'', x'', '{}', 0, 0, 0, 'length');
    -- The first group as version 18 indexed it.
    INSERT INTO rollout_text_runs VALUES (1, 'p1-grpo');
    INSERT INTO rollout_text_groups VALUES (1 << 22, 'p1-grpo', 1, 0);
    INSERT INTO rollout_prompts (rowid, text) VALUES (1 << 22, 'what is 1+2?');
    INSERT INTO rollout_texts (rowid, text) VALUES (1 << 42, 'it is three');
    DELETE FROM rollout_unindexed WHERE step = 1;
  `);
  db.close();
  const store = openStore(file);
  const run = RunId.parse("p1-grpo");
  const steps = (text: string, correct?: boolean): number[] =>
    store.rollouts
      .search(run, { text, correct, offset: 0, limit: 10 })
      .hits.map(({ step }) => step);
  const all = (): number[][] =>
    ["three", "1+2", "TH", "t", "é", "d ", "?", "zq"].map((one) => steps(one));
  const expected = [[1], [1], [1], [1], [2], [2], [1, 2], []];
  expect(all()).toEqual(expected);
  expect(store.transaction(() => store.rollouts.fillTextIndex())).toBe(false);
  expect(all()).toEqual(expected);
  expect([steps("?", true), steps("t", true), steps("é", true)]).toEqual([[1], [1], []]);
  store.close();
});
