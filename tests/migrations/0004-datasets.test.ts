import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { TWO_STAGES, temporaryFolder } from "../helpers/store-fixture.ts";

test("a workspace of version 3 keeps its pipelines and can hold datasets", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version <= 3),
  );
  db.prepare(
    `INSERT INTO pipelines (id, number, name, origin, recipe, recipe_sha256, seed, runtime, status, created_at_ms)
     VALUES ('p1', 1, 'Two stages', 'recipe', ?, '0', 0, 'auto', 'finished', 1)`,
  ).run(JSON.stringify(TWO_STAGES));
  db.close();
  const store = openStore(file);
  expect(store.pipelines.list({ offset: 0, limit: 10 }).total).toBe(1);
  expect(store.datasets.list("")).toEqual([]);
  const id = store.datasets.insert("first", 5);
  store.datasets.setDeleted(id, null);
  expect(store.datasets.get(id, "")).toMatchObject({ name: "first", records: 0, stale: 0 });
  store.close();
});

test("the database itself refuses to change a revision or a published version", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  openStore(file).close();
  const db = new Database(file);
  db.exec(`
    INSERT INTO datasets (id, name, created_at_ms, changed_at_ms, deleted_at_ms)
      VALUES ('d1', 'first', 1, 1, NULL);
    INSERT INTO records VALUES ('d1', 1, 1, 0, 'pending', 0, 'import', NULL, NULL, 'none', 0, NULL,
      NULL, 0, 2, 1, 0, 7, NULL, NULL, NULL, '');
    INSERT INTO revisions (record_id, number, author, created_at_ms, messages, content, fingerprint,
      facts, checked_with) VALUES (1, 0, 'import', 1, '[]', 7, x'00', '{}', '');
    INSERT INTO dataset_versions VALUES ('d1', 1, '', 1, 'ab', 1, '', '{}');
    INSERT INTO version_records VALUES ('d1', 1, 1, 1, 0);
  `);
  expect(() => db.exec("UPDATE revisions SET messages = '[1]'")).toThrow(/cannot be changed/);
  expect(() => db.exec("UPDATE dataset_versions SET note = 'x'")).toThrow(/cannot be changed/);
  expect(() => db.exec("UPDATE version_records SET revision = 1")).toThrow(/cannot be changed/);
  db.close();
});
