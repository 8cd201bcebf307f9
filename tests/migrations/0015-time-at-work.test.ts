import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { PipelineId, RunId } from "#shared/schema/run.ts";
import { insertTwoStages, temporaryFolder, temporaryStore } from "../helpers/store-fixture.ts";

test("attempts of before keep the span between their dates, never below nothing", () => {
  const { store, folder } = temporaryStore();
  const { train, check } = insertTwoStages(store);
  store.close();
  const written = new Database(join(folder, "gradus.sqlite"));
  const file = join(temporaryFolder(), "gradus.sqlite");
  const before = new Database(file);
  migrate(
    before,
    ALL_MIGRATIONS.filter(({ version }) => version < 15),
  );
  written.close();
  before.prepare("ATTACH ? AS written").run(join(folder, "gradus.sqlite"));
  for (const table of ["pipelines", "runs"]) {
    const columns = before
      .prepare<[string], string>("SELECT name FROM pragma_table_info(?)")
      .pluck()
      .all(table)
      .join(", ");
    before.exec(`INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM written.${table}`);
  }
  const attempt = before.prepare(
    "INSERT INTO attempts (run_id, attempt, from_step, started_at_ms, ended_at_ms) VALUES (?, ?, 0, ?, ?)",
  );
  attempt.run(train, 1, 1000, 4000);
  // The clock was set back while it ran.
  attempt.run(check, 1, 5000, 2000);
  before.close();
  const after = openStore(file);
  expect([train, check].map((id) => after.runs.summary(id).activeMs)).toEqual([3000, 0]);
  expect(after.pipelines.summary(PipelineId.parse("p1")).activeMs).toBe(3000);
  after.close();
});

test("a clock that is set back or forward while a stage runs does not change how long it took", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  let date = 1_000_000;
  let uptime = 0;
  const store = openStore(file, { now: () => date, monotonic: () => uptime });
  const { train } = insertTwoStages(store);
  const id = RunId.parse(train);
  store.runs.startAttempt(id, 0, date);
  uptime += 2000;
  date -= 3_600_000;
  store.runs.endAttempt(id, "stopped", null, date);
  expect(store.runs.summary(id).activeMs).toBe(2000);
  store.runs.startAttempt(id, 0, date);
  uptime += 500;
  date += 7_200_000;
  store.runs.endAttempt(id, "finished", null, date);
  expect(store.runs.summary(id).activeMs).toBe(2500);
  expect(store.pipelines.summary(PipelineId.parse("p1")).activeMs).toBe(2500);
  store.close();
});
