import { join } from "node:path";
import { array, assert, constantFrom, oneof, property, string } from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { parseProblemFilter, problemFilterOf } from "#shared/schema/problem-filter-text.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import { listContent } from "#main/store/problems/problem-content.ts";
import { openStore } from "#main/store/store.ts";
import type { Store } from "#main/store/store.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

function problem(number: number, part: Partial<SetProblem>): SetProblem {
  return {
    id: `p${number}`,
    messages: [{ role: "user", content: `Question ${number}` }],
    gold: String(number),
    verifier: { name: "maths", options: {} },
    solution: null,
    tags: [],
    difficulty: null,
    columns: {},
    split: "train",
    ...part,
  };
}

const PROBLEMS: readonly SetProblem[] = [
  problem(1, { tags: ["algebra"], difficulty: 1, columns: { source: "aime", year: 2024 } }),
  problem(2, { tags: ["algebra", "x"], difficulty: 3, split: "test" }),
  problem(3, {
    tags: ["number theory"],
    difficulty: 5,
    columns: { source: "amc", good: true, of: ["a", 7] },
  }),
  problem(4, {
    messages: [
      { role: "system", content: "trains" },
      { role: "user", content: "ZWEI Züge fahren los" },
    ],
    gold: null,
    verifier: { name: "text", options: { case: false } },
  }),
];
const [FIRST, SECOND, THIRD] = PROBLEMS;

let store: Store;
beforeAll(() => {
  store = openStore(join(temporaryFolder(), "gradus.sqlite"));
  const version = {
    set: "mine",
    title: "Mine",
    contentSha256: listContent(PROBLEMS),
    instruction: "",
    licence: "",
    source: "",
    createdAtMs: 1,
    statistics: {
      problems: 4,
      splits: { train: 3, test: 1 },
      verifiers: { maths: 3, text: 1 },
      withoutGold: 1,
      withSolution: 0,
      conversations: 1,
      goldRejected: 0,
      nearDuplicates: 0,
    },
  };
  store.transaction(() => {
    store.problems.insert(version, PROBLEMS);
    if (FIRST === undefined || SECOND === undefined || THIRD === undefined) throw new Error();
    const by = (modelName: string, measuredAtMs: number) => ({
      set: "mine",
      version: 1,
      modelKey: `hash of ${modelName}`,
      modelName,
      runId: null,
      measuredAtMs,
    });
    store.passRates.insert(by("old", 1), [{ problem: FIRST, samples: 4, correct: 4 }]);
    store.passRates.insert(by("new", 2), [
      { problem: FIRST, samples: 4, correct: 0 },
      { problem: SECOND, samples: 4, correct: 2 },
      { problem: THIRD, samples: 4, correct: 3 },
    ]);
  });
});

function idsOf(where: string, model?: string): string[] {
  const filter = problemFilterOf(where);
  return store.problems.select({ set: "mine", version: null, filter, model }).map(({ id }) => id);
}

describe("problems by filter", () => {
  test.each([
    ["", ["p1", "p2", "p3", "p4"]],
    ["tag:algebra", ["p1", "p2"]],
    ['tag:"number theory",x', ["p2", "p3"]],
    ["tag:algebra -tag:x", ["p1"]],
    ["-tag:algebra", ["p3", "p4"]],
    ["difficulty:3..5", ["p2", "p3"]],
    ["difficulty:>3", ["p3"]],
    ["difficulty:1", ["p1"]],
    ["-difficulty:1..9", ["p4"]],
    ["split:test", ["p2"]],
    ["verifier:text", ["p4"]],
    ["gold:*", ["p1", "p2", "p3"]],
    ["gold:2,3", ["p2", "p3"]],
    ["-gold:*", ["p4"]],
    ["id:p1,p4", ["p1", "p4"]],
    ["column.source:aime", ["p1"]],
    ["column.year:2024", ["p1"]],
    ["column.good:true", ["p3"]],
    ["column.of:7", ["p3"]],
    ["column.source:*", ["p1", "p3"]],
    ["züge", ["p4"]],
    ['"zwei züge"', ["p4"]],
    ["question -3", ["p1", "p2"]],
    ["trains", []],
    ["pass_rate:0.1..0.9", ["p2", "p3"]],
    ["pass_rate:<=0.5", ["p1", "p2"]],
    ["pass_rate:>0.5 tag:algebra", []],
    ["-pass_rate:0..1", ["p4"]],
  ])("%s", (where, ids) => {
    expect(idsOf(where)).toEqual(ids);
  });

  test("pass rates are those of the model that was measured last, or of the one asked for", () => {
    expect(idsOf("pass_rate:1", "old")).toEqual(["p1"]);
    expect(idsOf("pass_rate:0", "hash of new")).toEqual(["p1"]);
    expect(() => idsOf("pass_rate:1", "nobody")).toThrow("mine was not measured with nobody.");
    expect(store.passRates.models("mine")).toMatchObject([
      { name: "new", problems: 3, samples: 12, correct: 5, measuredAtMs: 2 },
      { name: "old", problems: 1, samples: 4, correct: 4 },
    ]);
  });

  test("a new measurement of a problem takes the old one's place", () => {
    if (FIRST === undefined) throw new Error();
    const again = {
      set: "mine",
      version: 1,
      modelKey: "hash of old",
      modelName: "old",
      runId: null,
      measuredAtMs: 1.5,
    };
    store.passRates.insert(again, [{ problem: FIRST, samples: 8, correct: 1 }]);
    expect(store.passRates.modelOf("mine", "old")).toMatchObject({ samples: 8, correct: 1 });
  });

  test("a page is sorted, and says how often each problem was solved", () => {
    const page = (sort: "pass_rate" | "difficulty", descending: boolean, offset = 0) =>
      store.problems
        .page({ set: "mine", version: 1 }, { sort, descending, offset, limit: 2 })
        .map(({ id }) => id);
    expect(page("pass_rate", true)).toEqual(["p3", "p2"]);
    expect(page("pass_rate", false, 2)).toEqual(["p3", "p4"]);
    expect(page("difficulty", true)).toEqual(["p3", "p2"]);
    expect(
      store.problems.page(
        { set: "mine", version: null },
        { sort: "position", descending: false, offset: 1, limit: 1 },
      ),
    ).toEqual([
      {
        id: "p2",
        position: 1,
        prompt: "Question 2",
        gold: "2",
        verifier: "maths",
        tags: ["algebra", "x"],
        difficulty: 3,
        split: "test",
        // Wilson by hand: (0.5 + 0.4802) / 1.9604 ± 1.96·sqrt(0.0625 + 0.0600) / 1.9604.
        passRate: {
          samples: 4,
          correct: 2,
          interval: [expect.closeTo(0.150039, 5), expect.closeTo(0.849961, 5)],
        },
      },
    ]);
    expect(store.problems.count({ set: "mine", version: null, split: "train" })).toBe(3);
  });

  test("a set or a version that is not there is said so", () => {
    expect(() => store.problems.select({ set: "none", version: null })).toThrow(
      'There is no problem set "none".',
    );
    expect(() => store.problems.select({ set: "mine", version: 7 })).toThrow(
      "mine has no version 7.",
    );
  });
});

describe("a filter's text", () => {
  test.each([
    ["difficulty:hard", '"hard" is no range of difficulty: write difficulty:3..5'],
    ["pass_rate:", '"pass_rate:" says nothing after the colon'],
    ["pass_rate:0.9..0.1", "ends before it begins"],
    ["colour:red", 'there is no field "colour"'],
    ['tag:"algebra', "a quotation mark that is not closed"],
    ["split:validation", '"split:validation" is not understood'],
    ["tag:,", "is not understood"],
  ])("%s is refused in words", (text, words) => {
    expect(parseProblemFilter(text).problems.join()).toContain(words);
    expect(() => problemFilterOf(text)).toThrow(words);
  });

  test("whatever is written, it is read or refused, and what is read can be asked", () => {
    const part = oneof(
      string({ unit: "binary", maxLength: 20 }),
      constantFrom("tag:", "-", '"', "..", ",", " ", "pass_rate:", "column.", "\\", "1"),
    );
    assert(
      property(array(part), (parts) => {
        const { filter } = parseProblemFilter(parts.join(""));
        expect(store.problems.count({ set: "mine", version: null, filter })).toBeLessThan(5);
      }),
      { numRuns: 200 },
    );
  });
});
