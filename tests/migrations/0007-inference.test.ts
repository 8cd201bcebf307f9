import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { EndpointFields } from "#shared/schema/endpoint.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

test("a workspace of the version before keeps its settings and can take endpoints", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 7),
  );
  db.prepare("INSERT INTO settings (name, value) VALUES ('theme', '\"light\"')").run();
  db.close();
  const store = openStore(file);
  expect(store.settings.get().theme).toBe("light");
  expect(store.endpoints.list()).toEqual([]);
  const fields = EndpointFields.parse({ name: "a", baseUrl: "http://127.0.0.1:1/v1", model: "m" });
  store.endpoints.save("e-1", fields, 5);
  expect(store.endpoints.get("e-1")).toEqual({ id: "e-1", ...fields, createdAtMs: 5 });
  store.close();
});
