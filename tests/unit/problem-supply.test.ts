/** What a stage's `data` gives: sources in their shares, sets whole before they repeat, places that depend on the seed alone. */
import { describe, expect, test } from "vitest";
import type { SetProblem } from "#shared/schema/problem.ts";
import { ProblemData } from "#shared/schema/stages/problem-data.ts";
import { NO_OUTSIDE } from "#main/core/problems/outside/outside-task.ts";
import { ProblemSupply } from "#main/core/problems/problem-supply.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { problemOfSet } from "#main/core/problems/problem.ts";
import { SourceTurns } from "#main/core/problems/source-turns.ts";
import { AppError } from "#shared/errors.ts";
import { NO_SETS } from "../helpers/problem-with.ts";

function stored(id: string, fields: Partial<SetProblem> = {}): SetProblem {
  return {
    id,
    messages: [{ role: "user", content: `What is ${id}?` }],
    gold: id,
    verifier: { name: "maths", options: {} },
    solution: null,
    tags: [],
    difficulty: null,
    columns: {},
    split: "train",
    ...fields,
  };
}

const SET = Array.from({ length: 10 }, (_, i) => stored(String(i)));
const sets: SetReader = ({ problems }) => (problems.startsWith("gsm") ? SET : []);

function supply(data: unknown, seed = 1): ProblemSupply {
  return new ProblemSupply(ProblemData.parse(data), {
    split: "train",
    seed,
    sets,
    outside: NO_OUTSIDE,
  });
}

function ids(of: ProblemSupply, count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, i) => of.at(from + i).id);
}

describe("turns", () => {
  test("a source with weight 3 gives three of every four problems", () => {
    const turns = new SourceTurns([3, 1]);
    const sources = Array.from({ length: 8 }, (_, i) => turns.at(i).source);
    expect(sources).toEqual([0, 0, 1, 0, 0, 0, 1, 0]);
  });

  test.each([[[1, 1, 1]], [[0.5, 0.25, 0.25]], [[7, 2, 1]]])(
    "with weights %j every source keeps its share to within one problem",
    (weights) => {
      const turns = new SourceTurns(weights);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const given = weights.map(() => 0);
      for (let i = 0; i < 200; i++) {
        const { source, place } = turns.at(i);
        expect(place).toBe(given[source]);
        given[source] = (given[source] ?? 0) + 1;
        const off = weights.map((weight, s) =>
          Math.abs((given[s] ?? 0) - ((i + 1) * weight) / total),
        );
        expect(Math.max(...off)).toBeLessThan(1);
      }
    },
  );

  test("a place that is asked for first is the same as when it is come to", () => {
    expect(new SourceTurns([2, 3]).at(17)).toEqual(
      [...Array.from({ length: 18 }).keys()].map((i) => new SourceTurns([2, 3]).at(i)).at(-1),
    );
  });
});

describe("a problem set", () => {
  test("gives each problem once before one comes again, in another order each time", () => {
    const drawn = ids(supply({ problems: "gsm" }), 20);
    const [first, second] = [drawn.slice(0, 10), drawn.slice(10)];
    expect(new Set(first).size).toBe(10);
    expect(new Set(second)).toEqual(new Set(first));
    expect(second).not.toEqual(first);
  });

  test("gives a place's problem whatever was asked before: a resumed run goes on", () => {
    const whole = ids(supply({ problems: "gsm" }), 35);
    expect(ids(supply({ problems: "gsm" }), 12, 23)).toEqual(whole.slice(23));
    expect(ids(supply({ problems: "gsm" }, 2), 35)).not.toEqual(whole);
  });

  test("gives as many different problems as it has", () => {
    const few = supply({ problems: "gsm" }).distinct(4);
    const all = supply({ problems: "gsm" }).distinct(99);
    expect(all.map(({ id }) => id).slice(0, 4)).toEqual(few.map(({ id }) => id));
    expect(all).toHaveLength(10);
  });

  test("without problems is refused with what to do", () => {
    const refused = (data: unknown): AppError => {
      try {
        supply(data);
      } catch (error) {
        if (error instanceof AppError) return error;
      }
      throw new Error("it was not refused");
    };
    expect(refused({ problems: "empty", split: "test" }).message).toBe(
      "The problem set empty has no problem on its test side.",
    );
    const filtered = refused({ problems: "empty@2", where: "tag:x" });
    expect(filtered.message).toContain('that "tag:x" finds');
    expect(filtered.advice).toContain("Widen the filter");
  });

  test("keeps a problem's id from version to version, and what it was given", () => {
    const problem = problemOfSet("gsm", stored("7", { columns: { topic: "trains" } }));
    expect(problem).toMatchObject({
      id: "gsm/7",
      source: "gsm",
      prompt: "What is 7?",
      columns: { topic: "trains" },
      difficulty: null,
    });
    expect(problem.solution()).toBeNull();
    expect(problemOfSet("gsm", stored("7", { solution: " It is 7.\n" })).solution()).toBe(
      "<think>\nIt is 7.\n</think>\n<answer>7</answer>",
    );
  });
});

test("tasks and sets are drawn side by side in their weights", () => {
  const mixed = supply([
    { problems: "gsm", weight: 3 },
    { task: "countdown", difficulties: [3, 4] },
  ]);
  const drawn = ids(mixed, 8);
  expect(drawn.map((id) => id.split("/", 1)[0])).toEqual([
    "gsm",
    "gsm",
    "countdown",
    "gsm",
    "gsm",
    "gsm",
    "countdown",
    "gsm",
  ]);
  expect(new Set(drawn).size).toBe(8);
});

test("one task alone draws what it drew before there were several sources", () => {
  const data = { task: "arithmetic", difficulties: [3, 4] };
  const alone = new ProblemSupply(data, {
    split: "train",
    seed: 77,
    sets: NO_SETS,
    outside: NO_OUTSIDE,
  });
  expect(ids(alone, 3)).toEqual(ids(supply([data], 77), 3));
});

test.each([
  [{ problems: "Gsm" }],
  [{ problems: "gsm@0" }],
  [{ problems: "gsm", split: "dev" }],
  [{ problems: "gsm", weight: 0 }],
  [{ problems: "gsm", wher: "x" }],
  [[]],
])("data %j are refused", (data) => {
  expect(ProblemData.safeParse(data).success).toBe(false);
});
