import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { RunId } from "#shared/schema/run.ts";
import { temporaryFolder, TWO_STAGES } from "../helpers/store-fixture.ts";

test("alarms of before have neither proof nor change, and stay as they were", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 23),
  );
  db.pragma("foreign_keys = OFF");
  db.prepare(
    `INSERT INTO pipelines (id, number, name, origin, recipe, recipe_yaml, recipe_sha256, seed, runtime,
       status, created_at_ms) VALUES ('p1', 1, 'one', 'recipe', ?, NULL, '0', 0, 'auto', 'finished', 1)`,
  ).run(JSON.stringify(TWO_STAGES));
  db.exec(`INSERT INTO alarms (run_id, step, time_ms, code, level, message, advice)
    VALUES ('p1-grpo', 12, 5, 'truncated', 'warning', 'Too long.', 'Raise the limit.')`);
  db.close();
  const store = openStore(file);
  expect(store.history.alarms(RunId.parse("p1-grpo"))).toEqual([
    {
      id: 1,
      runId: "p1-grpo",
      step: 12,
      timeMs: 5,
      code: "truncated",
      level: "warning",
      message: "Too long.",
      advice: "Raise the limit.",
      evidence: [],
      change: null,
      dismissedAtMs: null,
    },
  ]);
  store.close();
});
