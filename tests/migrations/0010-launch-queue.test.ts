import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

test("a workspace from before the queue was kept opens with an empty queue", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 10),
  );
  db.close();
  const store = openStore(file);
  expect(store.queue.list()).toEqual([]);
  store.close();
});
