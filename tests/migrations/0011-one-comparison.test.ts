import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

test("what benchmarks kept of their comparisons goes, and runs that began before are marked", () => {
  const db = new Database(join(temporaryFolder(), "gradus.sqlite"));
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 11),
  );
  db.exec(`
    INSERT INTO pipelines (id, number, name, origin, recipe, recipe_sha256, seed, runtime, status, created_at_ms)
      VALUES ('p1', 1, 'old', 'recipe', '{}', '0', 0, 'auto', 'stopped', 1);
    INSERT INTO runs (id, pipeline_id, position, stage_name, kind, config, config_sha256, seed, environment, status,
        out_dir, created_at_ms, started_at_ms)
      VALUES ('p1-began', 'p1', 0, 'began', 'benchmark', '{}', '0', 0, '{}', 'finished', 'out', 1, 2),
             ('p1-waits', 'p1', 1, 'waits', 'grpo', '{}', '0', 0, '{}', 'queued', 'out', 1, NULL);
    INSERT INTO evaluations (run_id, label, summary, comparison)
      VALUES ('p1-began', 'base', '{"task":"arithmetic"}', '{"verdict":"worse"}');
  `);
  migrate(db, ALL_MIGRATIONS);
  expect(db.prepare("SELECT * FROM evaluations").all()).toEqual([
    { run_id: "p1-began", label: "base", summary: '{"task":"arithmetic"}' },
  ]);
  expect(db.prepare("SELECT id, divided_before FROM runs ORDER BY id").raw().all()).toEqual([
    ["p1-began", 1],
    ["p1-waits", 0],
  ]);
  db.close();
});
