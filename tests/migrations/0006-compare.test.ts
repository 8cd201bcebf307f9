import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { PipelineId } from "#shared/schema/run.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

function storeOfVersionBefore() {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 6),
  );
  db.prepare(
    `INSERT INTO pipelines (id, number, name, origin, recipe, recipe_sha256, seed, runtime, status, created_at_ms)
     VALUES ('p1', 1, 'old', 'recipe', '{}', '0', 0, 'auto', 'finished', 1)`,
  ).run();
  db.close();
  return file;
}

const entry = {
  timeMs: 5,
  kind: "api" as const,
  note: "teacher",
  pipelineId: PipelineId.parse("p1"),
  quantity: 2,
  unit: "M tokens",
  usdPerUnit: 0.5,
  how: "by hand" as const,
};

test("a workspace of the version before gets an empty ledger, no benchmarks and no price history", () => {
  const store = openStore(storeOfVersionBefore());
  expect(store.ledger.list(undefined)).toEqual([]);
  expect(store.benchmarks.list()).toEqual([]);
  expect(store.ledger.priceChanges()).toEqual([]);
  expect(store.ledger.add(entry)).toMatchObject({ id: 1, totalUsd: 1 });
  store.close();
});

test("a ledger entry cannot be changed, and outlives its pipeline", () => {
  const file = storeOfVersionBefore();
  const store = openStore(file);
  store.ledger.add(entry);
  store.pipelines.delete(PipelineId.parse("p1"));
  expect(store.ledger.list(undefined)).toMatchObject([{ note: "teacher", pipelineId: null }]);
  store.close();
  const db = new Database(file);
  expect(() => db.prepare("UPDATE ledger_entries SET total_usd = 0").run()).toThrow(
    "a ledger entry cannot be changed",
  );
  db.close();
});
