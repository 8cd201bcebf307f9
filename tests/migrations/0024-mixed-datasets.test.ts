import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

test("a run keeps the version that it learnt from, and may have several", () => {
  const db = new Database(join(temporaryFolder(), "gradus.sqlite"));
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 24),
  );
  db.pragma("foreign_keys = OFF");
  db.exec(
    "INSERT INTO run_datasets (run_id, dataset_id, version, sha256) VALUES ('p1-sft', 'd1', 2, 'ab')",
  );
  migrate(db, ALL_MIGRATIONS);
  const rows = () => db.prepare("SELECT * FROM run_datasets ORDER BY dataset_id").all();
  const first = { run_id: "p1-sft", dataset_id: "d1", version: 2, sha256: "ab" };
  expect(rows()).toEqual([first]);
  db.exec(
    "INSERT INTO run_datasets (run_id, dataset_id, version, sha256) VALUES ('p1-sft', 'd2', 1, 'cd')",
  );
  expect(rows()).toHaveLength(2);
  expect(() =>
    db.exec(
      "INSERT INTO run_datasets (run_id, dataset_id, version, sha256) VALUES ('p1-sft', 'd1', 2, 'x')",
    ),
  ).toThrow(/UNIQUE/u);
  expect(db.pragma("foreign_key_list('run_datasets')")).toHaveLength(3);
  db.close();
});
