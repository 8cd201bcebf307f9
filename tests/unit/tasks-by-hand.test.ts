/** Cases of the tasks worked out by hand; the rules that every task keeps are in tasks-problems.test.ts. */
import { describe, expect, onTestFinished, test } from "vitest";
import { drawProblems } from "#main/core/problems/draw-problems.ts";
import { fractions } from "#main/core/problems/tasks/fractions.ts";
import { graphPath } from "#main/core/problems/tasks/graph-path.ts";
import { linearEquations } from "#main/core/problems/tasks/linear-equations.ts";
import { miniSudoku, solutionsOf } from "#main/core/problems/tasks/mini-sudoku.ts";
import { fittingRules, numberSequences } from "#main/core/problems/tasks/number-sequences.ts";
import { propositionalLogic } from "#main/core/problems/tasks/propositional-logic.ts";
import type { TaskProblem } from "#main/core/problems/task.ts";
import { splitOf } from "#main/core/problems/split-of.ts";
import { judgeCode } from "#main/core/verifiers/code/code-tests.ts";
import { scoreText } from "#main/core/verifiers/judging/score-text.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import type { JsonValue } from "#shared/schema/json-value.ts";

function problemWith(task: string, gold: string, data: JsonValue): TaskProblem {
  return { id: `${task}/…`, task, difficulty: 3, prompt: "", gold, data };
}

describe("linear equations", () => {
  // 8n - 3n - 27 = -3n - 43: 8n = -16
  const problem = problemWith("linear-equations", "-2", {
    letter: "n",
    sides: ["+8n-3n-27", "-3n-43"],
  });

  test("are worked one step a line", () => {
    expect(linearEquations.solve(problem)).toEqual({
      think: "5n - 27 = -3n - 43\n8n - 27 = -43\n8n = -16\nn = -16 / 8 = -2",
      answer: "-2",
    });
  });

  test.each(["-2", "n = -2", "n=-2", " -02 "])("accept %j", (answer) => {
    expect(linearEquations.verify(problem, answer)).toBe(true);
  });

  test.each(["2", "x = -2", "n = 2", "-2n", "n = -2 or 3", "-4/2", ""])("refuse %j", (answer) => {
    expect(linearEquations.verify(problem, answer)).toBe(false);
  });
});

describe("fractions", () => {
  // 11/12 + 3/4 = 20/12 = 5/3; 5/3 - 2/7 = 35/21 - 6/21 = 29/21
  const problem = problemWith("fractions", "29/21", "11/12+3/4-2/7");

  test("are worked over the common denominator", () => {
    expect(fractions.solve(problem)).toEqual({
      think: "11/12 + 3/4 = 11/12 + 9/12 = 20/12 = 5/3\n5/3 - 2/7 = 35/21 - 6/21 = 29/21",
      answer: "29/21",
    });
  });

  test.each(["29/21", " 29 / 21 "])("accept %j", (answer) => {
    expect(fractions.verify(problem, answer)).toBe(true);
  });

  test.each(["58/42", "29", "1 8/21", "29/0", "29/21 or 1", "-29/21", "1.38", ""])(
    "refuse %j",
    (answer) => {
      expect(fractions.verify(problem, answer)).toBe(false);
    },
  );
});

describe("number sequences", () => {
  test.each([
    [[3, 7, 11, 15, 19], { kind: "step", step: 4 }],
    [[1, 2, 4, 7, 11], { kind: "growing-step", step: 1, growth: 1 }],
    [[1, 10, 3, 8, 5, 6], { kind: "two-in-turn", steps: [2, -2] }],
    [[1, 5, 13, 29, 61], { kind: "factor", factor: 2, summand: 3 }],
  ] as const)("%j have one rule", (numbers, rule) => {
    expect(fittingRules(numbers)).toEqual([rule]);
  });

  test("say where the second half of six goes on", () => {
    const problem = problemWith("number-sequences", "7", [1, 10, 3, 8, 5, 6]);
    expect(numberSequences.solve(problem).answer).toBe("7");
    expect(numberSequences.solve(problem).think.split("\n").at(-1)).toBe("5 + 2 = 7");
  });
});

describe("mini sudoku", () => {
  const grid = [0, 0, 2, 4, 2, 4, 3, 1, 1, 2, 0, 0, 4, 3, 1, 2];
  const problem = problemWith("mini-sudoku", "3124 2431 1243 4312", grid);

  test.each(["3124 2431 1243 4312", "3 1 2 4\n2 4 3 1\n1 2 4 3\n4 3 1 2", "3124243112434312"])(
    "accepts %j",
    (answer) => {
      expect(miniSudoku.verify(problem, answer)).toBe(true);
    },
  );

  test.each(["1324 2431 1243 4312", "3124 2431 1243", "3124 2431 1243 4312 1", "3_24", ""])(
    "refuses %j",
    (answer) => {
      expect(miniSudoku.verify(problem, answer)).toBe(false);
    },
  );

  test("has exactly one solution by enumeration, the gold one", () => {
    const source = { task: "mini-sudoku", difficulties: [8, 10] };
    for (const { data, gold } of drawProblems({ source, split: "test", seed: 2, count: 60 })) {
      const cells: number[] = JSON.parse(JSON.stringify(data));
      const found = solutionsOf(cells, 2).map((one) => one.join(""));
      expect(found).toEqual([gold?.replaceAll(" ", "")]);
    }
  });
});

describe("propositional logic", () => {
  // p or q; if p then not r; q and r are the same; p, q, r by hand: p excludes r and so q; then q or p leaves p alone,
  // and not p leaves q and r.
  const problem = problemWith("propositional-logic", "p is true, q is false, r is false", {
    propositions: 3,
    formulas: ["+0+10", "-0-21", "=1=20"],
  });

  test.each([
    "p is true, q is false, r is false",
    "r: false\nq: false\np: true",
    "P is True and Q is False and R is False.",
    "p is false, q is true, r is true",
  ])("accepts %j: any assignment under which all holds", (answer) => {
    expect(propositionalLogic.verify(problem, answer)).toBe(true);
  });

  test.each([
    "p is true, q is true, r is true",
    "p is true, q is false",
    "p is true, p is false, q is false, r is false",
    "p is true, q is false, r is false, s is true",
    "p is not false, q is false, r is false",
    "",
  ])("refuses %j", (answer) => {
    expect(propositionalLogic.verify(problem, answer)).toBe(false);
  });
});

describe("shortest ways", () => {
  // A-B-D and A-C-D are 5 long, A-D is 6.
  const problem = problemWith("graph-path", "A-B-D", {
    roads: ["AB2", "AC4", "AD6", "BD3", "CD1"],
    from: "A",
    to: "D",
  });

  test.each(["A-B-D", "A-C-D", "A -> B -> D", "A → C → D", "A, B, D."])("accept %j", (answer) => {
    expect(graphPath.verify(problem, answer)).toBe(true);
  });

  test.each(["A-D", "D-B-A", "A-B-C-D", "A-D-D", "A B D", "A-B-D-", "A-constructor-D", ""])(
    "refuse %j",
    (answer) => {
      expect(graphPath.verify(problem, answer)).toBe(false);
    },
  );
});

test("a function on lists passes its own tests in the sandbox, and hardly another's", async () => {
  const pool = new SandboxPool({ workers: 1 });
  onTestFinished(() => {
    pool.close();
  });
  const source = { task: "list-functions", difficulties: [1, 2, 3] };
  const problems = drawProblems({ source, split: "train", seed: 4, count: 30 });
  let ofOthers = 0;
  for (const [place, problem] of problems.entries()) {
    const { verifier, gold } = problem;
    const code = gold ?? "";
    expect(verifier.name).toBe("python-tests");
    const own = await judgeCode(pool, "python", verifier.options, code);
    expect([problem.id, own.correct, own.score]).toEqual([problem.id, true, 1]);
    const other = problems.at(place - 3);
    // Another's tests call it by another name.
    const renamed = code.replace(/def \w+/, (other?.gold ?? "").split("(", 1)[0] ?? "");
    const verdict = await judgeCode(pool, "python", other?.verifier.options ?? {}, renamed);
    if (verdict.correct) ofOthers++;
  }
  expect(ofOthers).toBeLessThan(4);
}, 120_000);

test("a story has a rubric with what was asked, no right answer, and a rule that leaves it to a judge", () => {
  const source = { task: "short-story", difficulties: [2] };
  const [problem] = drawProblems({ source, split: "train", seed: 1, count: 1 });
  if (problem === undefined) throw new Error("no problem");
  expect([problem.gold, problem.solution()]).toEqual([null, null]);
  const { rubric, words, most_words: most } = problem.columns;
  const required: string[] = JSON.parse(JSON.stringify(words));
  expect(required).toHaveLength(2);
  for (const word of required) {
    expect(problem.prompt).toContain(word);
    expect(rubric).toContain(word);
  }
  expect(rubric).toContain(`at most ${JSON.stringify(most)} words`);
  const { correct, detail } = scoreText(problem, "</think><answer>Once …</answer>", "strict");
  expect([correct, detail]).toEqual([false, expect.stringContaining("judge")]);
});

test("what is one function in other steps is on one side", () => {
  const twins = [
    "even; above 3; list",
    "above 3; even; list",
    "reverse; above 3; reverse; even; list",
  ];
  expect(new Set(twins.map((text) => splitOf(`list-functions/${text}/f`))).size).toBe(1);
});
