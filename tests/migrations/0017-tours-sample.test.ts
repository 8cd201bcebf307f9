import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { PipelineId } from "#shared/schema/run.ts";
import { temporaryFolder, TWO_STAGES } from "../helpers/store-fixture.ts";

test("samples that the tour made before are known by their name, and their launch by its moment", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 17),
  );
  db.exec(`INSERT INTO datasets VALUES ('d1', 'mine', 50, 50, NULL);
    INSERT INTO datasets VALUES ('d2', 'Sample of the tour', 100000, 100000, NULL);`);
  const launch = db.prepare(
    `INSERT INTO pipelines (id, number, name, origin, recipe, recipe_yaml, recipe_sha256, seed, runtime,
       status, created_at_ms) VALUES (?, ?, 'a launch', ?, ?, NULL, '0', 0, 'auto', 'finished', ?)`,
  );
  // A check of before, another launch in the same moment, the tour's, and a check of later.
  const launches = [
    ["demo-smoke", 99_000],
    ["recipe", 100_100],
    ["demo-smoke", 100_200],
    ["demo-smoke", 105_000],
  ] as const;
  for (const [i, [origin, createdAtMs]] of launches.entries())
    launch.run(`p${i + 1}`, i + 1, origin, JSON.stringify(TWO_STAGES), createdAtMs);
  db.close();
  const store = openStore(file);
  const origins = launches.map(
    (_, i) => store.pipelines.summary(PipelineId.parse(`p${i + 1}`)).origin,
  );
  expect(origins).toEqual(["demo-smoke", "recipe", "tour", "demo-smoke"]);
  store.close();
  const after = new Database(file);
  expect(after.prepare("SELECT for_tour FROM datasets ORDER BY id").pluck().all()).toEqual([0, 1]);
  after.close();
});
