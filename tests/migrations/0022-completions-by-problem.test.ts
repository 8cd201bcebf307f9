import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { z } from "zod";
import { openStore } from "#main/store/store.ts";
import { rolloutsOfVersion } from "../helpers/rollouts-of-version.ts";

test("what was written to a problem before is found, by an index and not through every run", () => {
  const file = rolloutsOfVersion(22, "'four'");
  const store = openStore(file);
  const { total, completions } = store.completions.ofProblem("q", 10);
  expect(total).toBe(2);
  expect(completions.map(({ completion }) => completion)).toEqual(["four", "It is Three"]);
  store.close();
  const db = new Database(file, { readonly: true });
  const Step = z.object({ detail: z.string() });
  for (const table of ["rollout_groups", "evaluation_problems"]) {
    const plan = db
      .prepare(`EXPLAIN QUERY PLAN SELECT * FROM ${table} WHERE problem_id = 'q'`)
      .all();
    const details = plan.map((step) => Step.parse(step).detail).join("; ");
    expect(details).toContain(`${table}_by_problem`);
  }
  db.close();
});
