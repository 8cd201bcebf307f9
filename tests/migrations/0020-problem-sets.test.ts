import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { writeBenchmark } from "#main/services/benchmarks/benchmark-file.ts";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { openStore } from "#main/store/store.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

const ITEMS = [
  { problem: "1+1?", answer: "2", difficulty: 4 },
  { problem: 'Half of "one"?\n', answer: String.raw`\frac{1}{2}`, difficulty: 1 },
];

function storeOfVersionBefore(): string {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = new Database(file);
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version < 20),
  );
  const set = db.prepare("INSERT INTO benchmark_sets VALUES (?, ?, 'Box it.', 'MIT', 'web', ?, ?)");
  set.run("small", "Small", "0", 5);
  set.run("math-500", "MATH-500", "1", 3);
  const item = db.prepare("INSERT INTO benchmark_items VALUES (?, ?, ?, ?, ?)");
  ITEMS.forEach(({ problem, answer, difficulty }, i) =>
    item.run("small", i, problem, answer, difficulty),
  );
  item.run("math-500", 0, "x?", "y", 2);
  db.close();
  return file;
}

test("imported benchmarks are problem sets, and a run on one is given the very same problems", () => {
  const store = openStore(storeOfVersionBefore());
  expect(store.problems.list()).toMatchObject([
    { name: "math-500", title: "MATH-500", versions: 1, createdAtMs: 3 },
    {
      name: "small",
      title: "Small",
      latest: {
        version: 1,
        instruction: "Box it.",
        licence: "MIT",
        source: "web",
        statistics: { problems: 2, splits: { train: 0, test: 2 }, verifiers: { maths: 2 } },
      },
    },
  ]);
  expect(store.benchmarks.list().map(({ id }) => id)).toEqual(["math-500", "small"]);
  expect(store.benchmarks.items("small", { offset: 0, limit: 9 })).toEqual(ITEMS);
  expect(store.problems.select({ set: "small", version: 1, split: "test" })).toMatchObject([
    { id: "1", gold: "2", verifier: { name: "maths", options: {} }, difficulty: 4 },
    { id: "2", messages: [{ role: "user", content: 'Half of "one"?\n' }] },
  ]);
  // What version 19 wrote for the stage: ids by the problem's text alone, so that results on them pair.
  const file = writeBenchmark(store.benchmarks, "small", temporaryFolder());
  const lines = ITEMS.map(({ problem, answer, difficulty }) => ({
    id: createHash("sha256").update(problem).digest("hex").slice(0, 16),
    prompt: `${problem}\n\nBox it.`,
    gold: answer,
    difficulty,
  }));
  expect(readFileSync(file, "utf8")).toBe(lines.map((one) => `${JSON.stringify(one)}\n`).join(""));
  // Records that were compared with these benchmarks need not be compared again.
  expect(store.benchmarks.problemTexts()).toEqual([
    { benchmark: "MATH-500", id: "math-500/0", prompt: "x?" },
    { benchmark: "Small", id: "small/0", prompt: "1+1?" },
    { benchmark: "Small", id: "small/1", prompt: 'Half of "one"?\n' },
  ]);
  store.close();
});

test("a benchmark of before is known by its content", () => {
  const store = openStore(storeOfVersionBefore());
  expect(store.benchmarks.withItems(ITEMS)?.id).toBe("small");
  expect(store.benchmarks.withItems(ITEMS.toReversed())).toBeNull();
  store.close();
});

test("a version cannot be changed", () => {
  const file = storeOfVersionBefore();
  openStore(file).close();
  const db = new Database(file);
  for (const change of [
    "UPDATE problems SET split = 'train'",
    "UPDATE problem_texts SET gold = '3'",
    "UPDATE problem_versions SET instruction = ''",
  ])
    expect(() => db.prepare(change).run()).toThrow("cannot be changed");
  db.close();
});
