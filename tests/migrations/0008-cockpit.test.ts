import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { insertTwoStages, temporaryFolder, temporaryStore } from "../helpers/store-fixture.ts";

test("points of the version before are summed up as those written since", () => {
  const { store, folder } = temporaryStore();
  const { train } = insertTwoStages(store);
  const points = Array.from({ length: 900 }, (_, i) => ({
    name: i % 2 === 0 ? "loss" : "kl",
    step: 3 * i,
    value: i % 7 === 0 ? null : i,
    timeMs: i,
  }));
  store.transaction(() => store.metrics.insert(train, points));
  store.close();
  const written = new Database(join(folder, "gradus.sqlite"));
  const file = join(temporaryFolder(), "gradus.sqlite");
  const before = new Database(file);
  migrate(
    before,
    ALL_MIGRATIONS.filter(({ version }) => version < 8),
  );
  const tables = ["pipelines", "runs", "metric_series", "metric_points"];
  before.prepare("ATTACH ? AS written").run(join(folder, "gradus.sqlite"));
  for (const table of tables) {
    const columns = before
      .prepare<[string], string>("SELECT name FROM pragma_table_info(?)")
      .pluck()
      .all(table)
      .join(", ");
    before.exec(`INSERT INTO main.${table} (${columns}) SELECT ${columns} FROM written.${table}`);
  }
  before.exec("DETACH written");
  migrate(before, ALL_MIGRATIONS);
  const blocks = "SELECT * FROM metric_blocks ORDER BY series_id, level, block";
  expect(before.prepare(blocks).all()).toEqual(written.prepare(blocks).all());
  expect(before.prepare("SELECT count(*) FROM run_tags").pluck().get()).toBe(0);
  written.close();
  before.close();
});
