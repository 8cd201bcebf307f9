import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { DatasetId } from "#shared/schema/dataset.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

const MESSAGES = JSON.stringify([
  { role: "user", content: "1 + 1?", reasoning: null },
  { role: "assistant", content: "2", reasoning: null },
]);
const SOURCE = JSON.stringify({
  kind: "written",
  file: null,
  line: null,
  teacher: null,
  runId: null,
  sampling: null,
  costUsd: null,
});
const reference = (gold: string): string =>
  JSON.stringify({ task: null, problemId: null, difficulty: null, gold, data: null });

test("versions of before keep what their records carry from now on, and cannot be changed", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 18),
  );
  db.exec(`
    INSERT INTO datasets (id, name, created_at_ms, changed_at_ms) VALUES ('d1', 'first', 1, 1);
    INSERT INTO dataset_versions VALUES ('d1', 1, '', 1, 'hash', 2, '', '{}');`);
  for (const id of [1, 2, 3]) {
    db.exec(`INSERT INTO records VALUES ('d1', ${id}, ${id}, 0, 'pending', 0, 'import', NULL, NULL,
      'none', 0, NULL, NULL, 0, 2, 1, 0, ${id}, NULL, NULL, NULL, 'benchmarks')`);
    db.prepare("INSERT INTO record_details VALUES (?, '1 + 1?', '{}', ?, ?)").run(
      id,
      SOURCE,
      reference("2"),
    );
    db.prepare(
      `INSERT INTO revisions (record_id, number, author, created_at_ms, messages, content,
         fingerprint, facts, checked_with) VALUES (?, 0, 'import', 1, ?, 7, x'00', '{}', 'benchmarks')`,
    ).run(id, MESSAGES);
    // The third is in no version.
    if (id < 3) db.exec(`INSERT INTO version_records VALUES ('d1', 1, ${id}, ${id}, 0)`);
  }
  db.close();
  openStore(file).close();
  const after = new Database(file);
  after.prepare("UPDATE record_details SET reference = ?").run(reference("3"));
  after.prepare("UPDATE record_details SET reference = ?").run(reference("4"));
  const kept = after.prepare("SELECT record_id, version FROM kept_details").all();
  expect(kept).toEqual([
    { record_id: 1, version: 1 },
    { record_id: 2, version: 1 },
  ]);
  expect(() => after.exec("UPDATE kept_details SET metadata = '[]'")).toThrow(/cannot be changed/);
  after.close();
  const store = openStore(file);
  const texts = [...store.versions.texts({ datasetId: DatasetId.parse("d1"), version: 1 }, 1)];
  expect(texts.map(({ id, reference: { gold } }) => [id, gold])).toEqual([
    [1, "2"],
    [2, "2"],
  ]);
  store.close();
});
