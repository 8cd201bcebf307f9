import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { PipelineId } from "#shared/schema/run.ts";
import { TWO_STAGES, temporaryFolder } from "../helpers/store-fixture.ts";

test("a pipeline of the version before belongs to no sweep, and can be put into one", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 5),
  );
  db.prepare(
    `INSERT INTO pipelines (id, number, name, origin, recipe, recipe_sha256, seed, runtime, status, created_at_ms)
     VALUES ('p1', 1, 'Two stages', 'recipe', ?, '0', 0, 'auto', 'finished', 1)`,
  ).run(JSON.stringify(TWO_STAGES));
  db.close();
  const store = openStore(file);
  const id = PipelineId.parse("p1");
  expect(store.pipelines.summary(id).sweep).toBeUndefined();
  const sweepId = store.sweeps.insert({
    name: "Two stages",
    mode: "grid",
    axes: [{ key: "seed", values: [1, 2] }],
    createdAtMs: 2,
  });
  store.sweeps.add(sweepId, id, { seed: 1 });
  expect(store.pipelines.summary(id).sweep).toEqual({ id: "s1", values: { seed: 1 } });
  expect(store.sweeps.list()).toMatchObject([
    { id: "s1", members: [{ pipelineId: "p1", values: { seed: 1 } }] },
  ]);
  store.pipelines.delete(id);
  expect(store.sweeps.list()).toEqual([]);
  expect(store.recipes.list()).toEqual([]);
  store.close();
});
