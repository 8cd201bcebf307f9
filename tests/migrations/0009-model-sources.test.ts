import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

test("a model imported before sources were kept is there, with none", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 9),
  );
  db.prepare(
    `INSERT INTO models (id, name, path, architecture, parameters, bytes, sha256, created_at_ms)
     VALUES ('tiny', 'Tiny', '/models/tiny', 'qwen2', 12, 48, NULL, 1)`,
  ).run();
  db.close();
  const store = openStore(file);
  expect(store.models.get("tiny")).toMatchObject({ name: "Tiny", source: null });
  store.models.insert({
    id: "other",
    name: "Other",
    path: "/models/other",
    architecture: "llama",
    parameters: 12,
    bytes: 48,
    sha256: null,
    createdAtMs: 2,
    source: "hub:owner/other@0123",
  });
  expect(store.models.list().map(({ source }) => source)).toEqual(["hub:owner/other@0123", null]);
  store.close();
});
