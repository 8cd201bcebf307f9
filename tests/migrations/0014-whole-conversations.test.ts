import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { DatasetId } from "#shared/schema/dataset.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

const user = (content: string) => ({ role: "user", content, reasoning: null });
const answer = (content: string) => ({ role: "assistant", content, reasoning: null });

test("records of several turns show their first question and wait to be compared whole", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 14),
  );
  db.exec("INSERT INTO datasets VALUES ('d1', 'first', 1, 1, NULL)");
  const talks = [
    [user("First\nquestion?"), answer("1"), user("Are you sure?"), answer("Yes.")],
    [user("One question?"), answer("1")],
    [{ role: "system", content: "s", reasoning: null }, user("Asked?"), answer("1")],
  ];
  for (const [i, messages] of talks.entries()) {
    const id = i + 1;
    db.exec(`
      INSERT INTO records VALUES ('d1', ${id}, ${id}, 0, 'pending', 0, 'import', NULL, NULL, 'none',
        0, NULL, NULL, 0, 2, 1, 0, ${id}, NULL, NULL, NULL, 'benchmarks');
      INSERT INTO record_details VALUES (${id}, 'the last question', '{}', '{}', '{}');
    `);
    db.prepare(
      `INSERT INTO revisions (record_id, number, author, created_at_ms, messages, content,
         fingerprint, facts, checked_with) VALUES (?, 0, 'import', 1, ?, 7, x'00', '{}', 'benchmarks')`,
    ).run(id, JSON.stringify(messages));
  }
  db.close();
  const store = openStore(file);
  const datasetId = DatasetId.parse("d1");
  expect(store.records.rows(datasetId, [], 0, 10).map(({ prompt }) => prompt)).toEqual([
    "First question?",
    "the last question",
    "the last question",
  ]);
  expect(store.datasets.get(datasetId, "benchmarks").stale).toBe(2);
  store.close();
});
