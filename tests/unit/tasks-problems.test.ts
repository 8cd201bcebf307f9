import { describe, expect, test } from "vitest";
import { arithmetic, drawChain } from "#main/core/problems/tasks/arithmetic.ts";
import { parseExpression } from "#main/core/problems/tasks/forms/expression.ts";
import { countdown } from "#main/core/problems/tasks/countdown.ts";
import {
  fittingAssignments,
  knightsAndKnaves,
} from "#main/core/problems/tasks/knights-and-knaves.ts";
import { listTasks, taskByName } from "#main/core/problems/registry.ts";
import { drawProblems, problemStream } from "#main/core/problems/draw-problems.ts";
import { canonicalProblem, splitOf } from "#main/core/problems/split-of.ts";
import {
  decodeStatement,
  encodeStatement,
  truthOf,
} from "#main/core/problems/tasks/forms/statement.ts";
import type { RuledTask, TaskProblem } from "#main/core/problems/task.ts";
import { taskProblemOf } from "#main/core/problems/problem.ts";
import type { Problem } from "#main/core/problems/problem.ts";
import { Random } from "#main/platform/random.ts";
import { AppError } from "#shared/errors.ts";
import type { TaskSource } from "#shared/schema/stages/problem-data.ts";

function sourceOf(task: TaskSource["task"]): TaskSource {
  return { task, difficulties: [...taskByName(task).difficulties] };
}

/** A task's problem always has one of the task's difficulties, and none of them is negative. */
function whole(problem: Problem): TaskProblem {
  return { ...taskProblemOf(problem), difficulty: problem.difficulty ?? -1 };
}

function draw(
  task: TaskSource["task"],
  split: "train" | "test",
  seed: number,
  count: number,
): TaskProblem[] {
  return drawProblems({ source: sourceOf(task), split, seed, count }).map(whole);
}

const RULED = listTasks().flatMap((task) => (task.verify === null ? [] : [task]));

function isReadLeniently(task: RuledTask, problem: TaskProblem): boolean {
  const read = task.extractLenient(`Well, the answer is ${problem.gold}.\n`);
  return read !== null && task.verify(problem, read);
}

describe.each(listTasks())("every problem of $name", (task) => {
  const problems = draw(task.name, "train", 11, 600);

  test("is the same again for the same seed, and another for another seed", () => {
    expect(draw(task.name, "train", 11, 600)).toEqual(problems);
    expect(draw(task.name, "train", 12, 30)).not.toEqual(problems.slice(0, 30));
  });

  test("comes from a list in which a smaller count is a prefix", () => {
    expect(draw(task.name, "train", 11, 50)).toEqual(problems.slice(0, 50));
  });

  test("takes the difficulties in turn", () => {
    const expected = problems.map((_, i) => task.difficulties[i % task.difficulties.length]);
    expect(problems.map((problem) => problem.difficulty)).toEqual(expected);
  });

  test("is refused with the difficulties there are when the difficulty is unknown", () => {
    expect(() => task.generate(new Random(1), 9)).toThrow(AppError);
  });
});

describe.each(RULED)("every problem of $name", (task) => {
  const problems = draw(task.name, "train", 11, 600);

  /** The ids of problems for which a check does not hold: empty, or it says where to look. */
  const failing = (holds: (problem: TaskProblem) => boolean): string[] =>
    problems.filter((problem) => !holds(problem)).map(({ id }) => id);

  test("is solved by its own worked solution and by its gold answer", () => {
    expect(failing((problem) => task.verify(problem, task.solve(problem).answer))).toEqual([]);
    expect(failing((problem) => task.verify(problem, problem.gold))).toEqual([]);
  });

  test("mostly refuses the answer of another problem", () => {
    const wrong = problems.filter(
      (problem, i) => !task.verify(problem, problems.at(i - 7)?.gold ?? ""),
    );
    expect(wrong.length).toBeGreaterThan(problems.length / 2);
  });

  test.each([
    ["nothing", () => ""],
    ["a blank", () => " "],
    ["a question mark", () => "?"],
    ["the right answer with something after it", ({ gold }: TaskProblem) => `${gold} x`],
    ["the right answer with another digit", ({ gold }: TaskProblem) => `${gold}1`],
    ["the prompt", ({ prompt }: TaskProblem) => prompt],
  ])("refuses %s", (_, answerOf) => {
    expect(failing((problem) => !task.verify(problem, answerOf(problem)))).toEqual([]);
  });

  test("has an answer that the lenient reading finds in a sentence", () => {
    expect(failing((problem) => isReadLeniently(task, problem))).toEqual([]);
  });

  test("survives a way through JSON, as stored problems take", () => {
    for (const problem of problems.slice(0, 50)) {
      const stored: TaskProblem = JSON.parse(JSON.stringify(problem));
      expect(task.solve(stored)).toEqual(task.solve(problem));
    }
  });
});

/** The same problem in other dress, by each symmetry of its task: what the ids of its twins would be. */
const TWINS: Record<TaskSource["task"], (id: string) => string[]> = {
  addition: (id) => [id.replace(/(\d+)\+(\d+)/, "$2+$1")],
  arithmetic: (id) => {
    const [first = "", ...rest] = id.split("/")[1]?.match(/[+-]?\d+/g) ?? [];
    const terms = [`+${first}`, ...rest];
    // Each term that is added can stand first, whatever follows it in the other way round.
    return terms.flatMap((term, at) =>
      term.startsWith("+")
        ? [`arithmetic/${[term, ...terms.toSpliced(at, 1).toReversed()].join("").slice(1)}`]
        : [],
    );
  },
  countdown: (id) => {
    const [numbers = "", target = ""] = id.replace("countdown/", "").split("=");
    return [`countdown/${numbers.split(",").toReversed().join(",")}=${target}`];
  },
  "knights-and-knaves": (id) => {
    const statements = id.split("/")[1]?.split("; ") ?? [];
    const last = statements.length - 1;
    const kinds = { knight: "knave", knave: "knight" } as const;
    const contraposed = statements.map((statement) =>
      statement.replace(
        /^if (\d) (knight|knave) (\d) (knight|knave)$/,
        (_, a, x: "knight" | "knave", b, y: "knight" | "knave") =>
          `if ${b} ${kinds[y]} ${a} ${kinds[x]}`,
      ),
    );
    // The last to speak speaks first: every number is counted from the other end.
    const turned = statements
      .toReversed()
      .map((statement) =>
        statement.replaceAll(/ (\d) (knight|knave)| (\d) (\d)$/g, (text) =>
          text.replaceAll(/\d/g, (digit) => String(last - Number(digit))),
        ),
      );
    return [contraposed, turned].map((twin) => `knights-and-knaves/${twin.join("; ")}/Ivy Ann`);
  },
  "linear-equations": (id) => {
    const sides = textOf(id).split("=");
    const turned = sides.map(
      (side) =>
        side
          .match(/[+-]\d+x?/g)
          ?.toReversed()
          .join("") ?? "",
    );
    return [sides.toReversed(), turned].map((twin) => `linear-equations/${twin.join("=")}/t`);
  },
  fractions: (id) => {
    const [first = "", ...rest] = `+${textOf(id)}`.match(/[+-]\d+:\d+/g) ?? [];
    const terms = [first, ...rest];
    // Each term that is added can stand first.
    return terms.flatMap((term, at) =>
      term.startsWith("+")
        ? [`fractions/${[term, ...terms.toSpliced(at, 1).toReversed()].join("").slice(1)}`]
        : [],
    );
  },
  "number-sequences": (id) => [id.replace(/\d$/, (wording) => String((Number(wording) + 1) % 3))],
  "mini-sudoku": (id) => {
    const cells = textOf(id).split("");
    const named = cells.map((digit) => "03142".charAt(Number(digit)));
    const transposed = cells.map((_, at) => cells[(at % 4) * 4 + Math.floor(at / 4)] ?? "");
    return [named, cells.toReversed(), transposed].map((twin) => `mini-sudoku/${twin.join("")}`);
  },
  "propositional-logic": (id) => {
    const formulas = textOf(id).split(";");
    const last = Math.max(...(textOf(id).match(/\d/g) ?? []).map(Number));
    const turned = formulas.map((formula) => {
      const renamed = formula.replaceAll(/\d/g, (digit) => String(last - Number(digit)));
      return `${renamed.slice(2)}${renamed.slice(0, 2)}`;
    });
    return [formulas.toReversed(), turned].map((twin) => `propositional-logic/${twin.join(";")}/0`);
  },
  "graph-path": (id) => {
    const [roads = "", ends = ""] = textOf(id).split(":");
    const others = "HGFEDCBA";
    const renamed = textOf(id).replaceAll(
      /[A-H]/g,
      (place) => others["ABCDEFGH".indexOf(place)] ?? "",
    );
    return [`${roads}:${ends.split(">").toReversed().join(">")}`, renamed].map(
      (twin) => `graph-path/${twin}`,
    );
  },
  "list-functions": (id) => {
    const [text = "", name] = id.split("/").slice(1);
    const [end = "", ...steps] = text.split("; ").toReversed();
    // Nothing changes where the numbers' order and repetition are touched twice.
    return [
      `list-functions/${["reverse", "reverse", ...steps.toReversed(), end].join("; ")}/${name ?? ""}`,
    ];
  },
  "short-story": (id) => [
    id.replace(/\|([^|]*)\|/, (_, words: string) => `|${words.split(",").toReversed().join(",")}|`),
  ],
};

/** An id's second part. */
function textOf(id: string): string {
  return id.split("/")[1] ?? "";
}

test.each(listTasks().map(({ name }) => name))(
  "no held-out problem of %s is a training problem in other dress",
  (name) => {
    const twins = draw(name, "test", 20250122, 512).flatMap(({ id }) => TWINS[name]?.(id) ?? []);
    expect(twins.length).toBeGreaterThanOrEqual(512);
    expect(twins.filter((id) => splitOf(id) === "train")).toEqual([]);
  },
);

test("every order of a short chain's terms is on one side", () => {
  for (const [a, b, c] of [
    [47, 38, 12],
    [9, 90, 55],
    [23, 24, 25],
  ] as const) {
    const sides = [`${a}+${b}-${c}`, `${b}+${a}-${c}`, `${a}-${c}+${b}`, `${b}-${c}+${a}`].map(
      (chain) => splitOf(`arithmetic/${chain}`),
    );
    expect(new Set(sides).size).toBe(1);
  }
});

/** These are drawn 10,000 times; the others 6,000 times, which keeps the tests quick. */
const DRAWN_OFTEN = new Set(["arithmetic", "addition", "countdown", "knights-and-knaves"]);

test.each(listTasks().map(({ name }) => name))(
  "train and test of %s are disjoint over thousands of draws, even up to wording",
  (name) => {
    const often = DRAWN_OFTEN.has(name);
    const sides = (["train", "test"] as const).map((split, side) => {
      const ids = new Set<string>();
      for (let index = 0; index < (often ? 5000 : 3000); index++) {
        const { id } = problemStream({ source: sourceOf(name), split, seed: 3 + side, index });
        ids.add(canonicalProblem(id));
      }
      return ids;
    });
    const [train = new Set<string>(), held = new Set<string>()] = sides;
    expect([...train].filter((id) => held.has(id))).toEqual([]);
    expect(Math.min(train.size, held.size)).toBeGreaterThan(often ? 1000 : 500);
  },
);

test("one problem in eight is held out", () => {
  const random = new Random(5);
  const sides = Array.from({ length: 8000 }, () => splitOf(arithmetic.generate(random, 5).id));
  const share = sides.filter((side) => side === "test").length / sides.length;
  // 0.125, standard error sqrt(0.125 × 0.875 / 8000) = 0.0037; four of them
  expect(Math.abs(share - 0.125)).toBeLessThan(0.015);
});

function problemAt(index: number): TaskProblem {
  return whole(problemStream({ source: sourceOf("arithmetic"), split: "train", seed: 4, index }));
}

test("the i-th problem of a stream depends on the seed and i alone", () => {
  const later = problemAt(1000);
  for (let index = 0; index < 10; index++) problemAt(index);
  expect(problemAt(1000)).toEqual(later);
  expect(problemAt(1001).id).not.toBe(later.id);
});

test("a space that is used up is said to be, with what to do", () => {
  const source: TaskSource = { task: "arithmetic", difficulties: [2] };
  // 98² sums and about half as many differences, an eighth of them held out: fewer than 2,500
  expect(() => drawProblems({ source, split: "test", seed: 1, count: 2500 })).toThrow(
    expect.objectContaining({ code: "BAD_RECIPE", advice: expect.stringContaining("harder") }),
  );
});

describe("arithmetic", () => {
  const problem: TaskProblem = {
    id: "arithmetic/47+38-12",
    task: "arithmetic",
    difficulty: 3,
    prompt: "What is 47+38-12?",
    gold: "73",
    data: "47+38-12",
  };

  test("is worked one step a line", () => {
    expect(arithmetic.solve(problem)).toEqual({ think: "47+38=85\n85-12=73", answer: "73" });
  });

  test.each(["73", " 73\n", "073"])("accepts %j", (answer) => {
    expect(arithmetic.verify(problem, answer)).toBe(true);
  });

  test.each(["72", "-73", "73.", "7 3", "73 or 72", "47+26", "7.3e1", "0x49", "٧٣"])(
    "refuses %j",
    (answer) => {
      expect(arithmetic.verify(problem, answer)).toBe(false);
    },
  );

  test("never goes below 0 on the way and uses numbers from 2 to 99", () => {
    const random = new Random(8);
    for (let i = 0; i < 2000; i++) {
      const chain = drawChain(random, 5);
      expect(chain.steps.map(({ result }) => result).filter((result) => result < 0)).toEqual([]);
      expect(chain.numbers.every((number) => number >= 2 && number <= 99)).toBe(true);
    }
  });

  test.each([
    ["47+38=85 and 85-12=73.", "73"],
    ["It is -4.", "-4"],
    ["so 85-12", "12"],
    ["-12", "-12"],
    ["It makes 1,234 in all", "1234"],
    ["73.00", "73"],
    ["7.5", "7.5"],
    ["3,4,73", "73"],
    ["The answer is **73**. 😀", "73"],
    ["\\boxed{73}", "73"],
    ["none", null],
    ["", null],
  ])("reads %j leniently as %j", (text, expected) => {
    expect(arithmetic.extractLenient(text)).toBe(expected);
  });
});

describe("countdown", () => {
  const problem: TaskProblem = {
    id: "countdown/3,7,25=51",
    task: "countdown",
    difficulty: 3,
    prompt: "",
    gold: "(25-8)*3",
    data: { numbers: [25, 3, 8], target: 51, steps: ["25-8=17", "17*3=51"] },
  };

  test.each(["(25-8)*3", "3*(25-8)", "3 × (25 − 8)", "((25)-8)*3", "(25-8)*3=51"])(
    "accepts %j",
    (answer) => {
      expect(countdown.verify(problem, answer)).toBe(true);
    },
  );

  test.each([
    "51",
    "25*3-8*3",
    "25-8*3",
    "(25-8)*3=50",
    "(25-8)*3+0",
    "(25-8)*3)",
    "((25-8)*3",
    "(25-8)3",
    "+(25-8)*3",
    "-(8-25)*3",
    "25-8",
    "(25-8)**3",
    "constructor",
    "(25-8)*3;process.exit()",
    "",
  ])("refuses %j", (answer) => {
    expect(countdown.verify(problem, answer)).toBe(false);
  });

  test("computes exactly where floating point would not", () => {
    // 8/(3-8/3) = 8/(1/3) = 24, the classic that needs fractions
    const classic: TaskProblem = {
      ...problem,
      data: { numbers: [3, 3, 8, 8], target: 24, steps: [] },
    };
    expect(countdown.verify(classic, "8/(3-8/3)")).toBe(true);
    expect(countdown.verify(classic, "8/(3-3)*8")).toBe(false);
  });

  test("gives every number of the problem exactly once in its own solutions", () => {
    for (const { gold, data } of draw("countdown", "test", 2, 300)) {
      const used = parseExpression(gold)?.literals.toSorted((a, b) => a - b);
      expect(data).toMatchObject({ numbers: expect.arrayContaining(used ?? [Number.NaN]) });
    }
  });
});

describe("knights and knaves", () => {
  // Ann: "Ben is a knave." Ben: "Ann and I are both knaves." By hand: if Ben were a knight, he would
  // be a knave by his own words; so he is a knave and Ann told the truth.
  const problem: TaskProblem = {
    id: "knights-and-knaves/…",
    task: "knights-and-knaves",
    difficulty: 2,
    prompt: "",
    gold: "Ann is a knight, Ben is a knave",
    data: { names: ["Ann", "Ben"], statements: ["is 1 knave", "and 0 knave 1 knave"] },
  };

  test("is worked by cases until one fits", () => {
    expect(knightsAndKnaves.solve(problem)).toEqual({
      think: [
        "Suppose Ann is a knight.",
        "Suppose Ben is a knight. Then what Ann says is false, but Ann is a knight. That cannot be.",
        "Suppose Ben is a knave. That fits.",
      ].join("\n"),
      answer: problem.gold,
    });
  });

  test.each([
    "Ann is a knight, Ben is a knave",
    "Ben is a knave and Ann is a knight.",
    "ann is a Knight; ben is a Knave",
    "Ann: knight\nBen: knave",
  ])("accepts %j", (answer) => {
    expect(knightsAndKnaves.verify(problem, answer)).toBe(true);
  });

  test.each([
    "Ann is a knight",
    "Ann is a knave, Ben is a knight",
    "Ann is a knight, Ann is a knave, Ben is a knave",
    "Ann is a knight, Ben is a knave, Cara is a knave",
    "Ann is a knight or a knave, Ben is a knave",
    "Ann is not a knight, Ben is a knave",
  ])("refuses %j", (answer) => {
    expect(knightsAndKnaves.verify(problem, answer)).toBe(false);
  });

  test("has exactly one solution by enumeration, the gold one", () => {
    for (const { data, gold } of draw("knights-and-knaves", "test", 6, 300)) {
      const { names, statements }: { names: string[]; statements: string[] } = JSON.parse(
        JSON.stringify(data),
      );
      const fitting = fittingAssignments(statements.map(decodeStatement));
      expect(
        fitting.map((kinds) => names.map((name, i) => `${name} is a ${kinds[i]}`).join(", ")),
      ).toEqual([gold]);
    }
  });

  test("gives puzzles that differ in names and order alone to the same side", () => {
    const puzzles = draw("knights-and-knaves", "train", 1, 2000).filter(
      ({ difficulty }) => difficulty === 2,
    );
    const wordings = Map.groupBy(puzzles, ({ id }) => id.split("/")[1]);
    // 667 draws fall on fewer canonical puzzles, all of them on the train side
    expect(wordings.size).toBeLessThan(puzzles.length);
    expect(
      [...wordings.keys()].every((form) => splitOf(`knights-and-knaves/${form ?? ""}`) === "train"),
    ).toBe(true);
  });

  test.each([
    ["or 0 knight 1 knave", [null, "knave"], true],
    ["or 0 knight 1 knave", ["knave", null], null],
    ["and 0 knight 1 knight", ["knave", null], false],
    ["if 0 knight 1 knave", ["knave", null], true],
    ["if 0 knight 1 knave", ["knight", "knight"], false],
    ["same 0 1", ["knave", "knave"], true],
    ["different 0 1", ["knave", null], null],
    ["exactly 1", ["knight", null], null],
    ["exactly 1", ["knight", "knave"], true],
    ["exactly 1", ["knave", "knave"], false],
    ["at-least 1", ["knight", null], true],
    ["at-least 2", ["knave", null], false],
  ] as const)("decides %j under %j as %j", (text, assignment, expected) => {
    const statement = decodeStatement(text);
    expect(truthOf(statement, assignment)).toBe(expected);
    expect(encodeStatement(statement)).toBe(text);
  });
});
