import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

test("a workspace of before keeps its endpoints and ledger, and takes answers, requests and agreements", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 21),
  );
  db.prepare("INSERT INTO endpoints (id, fields, created_at_ms) VALUES ('e-1', ?, 3)").run(
    JSON.stringify({ name: "grader", baseUrl: "http://127.0.0.1:1/v1", model: "small" }),
  );
  db.prepare(
    `INSERT INTO ledger_entries (time_ms, kind, note, pipeline_id, quantity, unit, usd_per_unit, total_usd, how)
     VALUES (1, 'api', 'before', NULL, 2, '$', 1, 2, 'metered')`,
  ).run();
  db.close();
  const store = openStore(file);
  expect(store.endpoints.list()).toMatchObject([{ id: "e-1", name: "grader" }]);
  expect(store.ledger.list(undefined)).toMatchObject([{ note: "before", totalUsd: 2 }]);
  store.endpointAnswers.keep("k", { score: 7 }, 5);
  // What was answered first stays.
  store.endpointAnswers.keep("k", { score: 1 }, 6);
  expect(store.endpointAnswers.find("k")).toEqual({ score: 7 });
  store.endpointAnswers.addRequest({
    runId: null,
    purpose: "the judge story",
    endpoint: "grader",
    model: "small",
    promptTokens: 10,
    completionTokens: 1,
    costUsd: null,
    mostUsd: 1,
    timeMs: 5,
  });
  expect(store.endpointAnswers.takeUncharged(null)).toEqual([
    {
      purpose: "the judge story",
      endpoint: "grader",
      model: "small",
      requests: 1,
      promptTokens: 10,
      completionTokens: 1,
      costUsd: 0,
      withoutCost: 1,
    },
  ]);
  expect(store.agreements.list()).toEqual([]);
  store.close();
});
