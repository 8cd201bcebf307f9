import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { RunId } from "#shared/schema/run.ts";
import { ENVIRONMENT, TWO_STAGES, temporaryFolder } from "../helpers/store-fixture.ts";

test("a run of version 2 keeps what it has, and has no hash until it is finished again", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version <= 2),
  );
  db.prepare(
    `INSERT INTO pipelines (id, number, name, origin, recipe, recipe_sha256, seed, runtime, status, created_at_ms)
     VALUES ('p1', 1, 'Two stages', 'recipe', ?, '0', 0, 'auto', 'finished', 1)`,
  ).run(JSON.stringify(TWO_STAGES));
  db.prepare(
    `INSERT INTO runs (id, pipeline_id, position, stage_name, kind, status, created_at_ms, attempts, config,
       config_sha256, seed, environment, out_dir, output_model)
     VALUES ('p1-cold-start', 'p1', 0, 'cold-start', 'sft', 'finished', 1, 1, ?, '0', 0, ?, 'out', 'out/model')`,
  ).run(JSON.stringify(TWO_STAGES.stages[0]), JSON.stringify(ENVIRONMENT));
  db.close();
  const store = openStore(file);
  const id = RunId.parse("p1-cold-start");
  expect(store.schemaVersion).toBe(ALL_MIGRATIONS.at(-1)?.version);
  expect(store.runs.get(id)).toMatchObject({ outputModel: "out/model", outputSha256: null });
  store.runs.setOutputSha256(id, "ab");
  expect(store.runs.get(id).outputSha256).toBe("ab");
  store.close();
});
