import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate, openDatabase, schemaVersion } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { pipelinesAndRuns } from "#main/store/migrations/0001-pipelines-and-runs.ts";
import { openStore } from "#main/store/store.ts";
import { PipelineId, RunId } from "#shared/schema/run.ts";
import { ENVIRONMENT, TWO_STAGES, temporaryFolder } from "../helpers/store-fixture.ts";

/** A database of version 1 with a pipeline whose first stage ran from 100 to 400 and whose second never started. */
function versionOne(file: string): void {
  const db = new Database(file);
  migrate(db, [pipelinesAndRuns]);
  db.prepare(
    `INSERT INTO pipelines (id, number, name, origin, recipe, recipe_sha256, seed, runtime, status, created_at_ms)
     VALUES ('p1', 1, 'Two stages', 'recipe', ?, '0', 0, 'auto', 'stopped', 1)`,
  ).run(JSON.stringify(TWO_STAGES));
  db.prepare("INSERT INTO counters (name, value) VALUES ('pipeline', 1)").run();
  const run = db.prepare(
    `INSERT INTO runs (id, pipeline_id, position, stage_name, kind, status, created_at_ms, started_at_ms,
       ended_at_ms, attempts, config, config_sha256, seed, environment, out_dir)
     VALUES (?, 'p1', ?, ?, ?, ?, 1, ?, ?, ?, ?, '0', 0, ?, 'out')`,
  );
  const [train, check] = TWO_STAGES.stages;
  const environment = JSON.stringify(ENVIRONMENT);
  run.run(
    "p1-cold-start",
    0,
    "cold-start",
    "sft",
    "finished",
    100,
    400,
    2,
    JSON.stringify(train),
    environment,
  );
  run.run(
    "p1-check",
    1,
    "check",
    "benchmark",
    "queued",
    null,
    null,
    0,
    JSON.stringify(check),
    environment,
  );
  db.prepare(
    "INSERT INTO alarms (run_id, step, time_ms, code, level, message, advice) VALUES ('p1-cold-start', 1, 1, 'c', 'warning', 'm', 'a')",
  ).run();
  db.close();
}

test("a database of version 1 keeps its records and learns of attempts and attention", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  versionOne(file);
  const store = openStore(file);
  const id = PipelineId.parse("p1");
  // The finished stage's one attempt spans 300 ms; the one that never started has none.
  expect(store.pipelines.summary(id).activeMs).toBe(300);
  expect(store.pipelines.summary(id).runs.map(({ status }) => status)).toEqual([
    "finished",
    "queued",
  ]);
  expect(store.runs.openAttempt(RunId.parse("p1-check"))).toBeUndefined();
  expect(store.history.openAlarms()).toMatchObject([{ code: "c", dismissedAtMs: null }]);
  expect(store.pipelines.undismissed().map((pipeline) => pipeline.id)).toEqual([id]);
  expect(store.runs.startAttempt(RunId.parse("p1-cold-start"), 0, 500)).toBe(3);
  store.close();
});

test("opening twice migrates once", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  versionOne(file);
  openDatabase(file).close();
  const again = openDatabase(file);
  expect(schemaVersion(again)).toBe(ALL_MIGRATIONS.at(-1)?.version);
  again.close();
});

test("a database of a newer version is refused and left alone", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  db.pragma("user_version = 99");
  db.close();
  expect(() => openDatabase(file)).toThrow(/newer Gradus/);
  const untouched = new Database(file);
  expect(schemaVersion(untouched)).toBe(99);
  untouched.close();
});

test("an older database opened for reading only is refused and left alone", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  versionOne(file);
  expect(() => openDatabase(file, { readonly: true })).toThrow(/older Gradus/);
});
