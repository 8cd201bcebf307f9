/** Rows as other people's collections have them, in this process: what is asked, the gold, and what is said of the rest. */
import { describe, expect, test } from "vitest";
import type { ProblemMapping } from "#shared/schema/problem-import.ts";
import type { VerifierName } from "#shared/schema/problem.ts";
import { detectProblemMapping } from "#main/services/problems/rows/detect-problem-mapping.ts";
import { rowToProblem } from "#main/services/problems/rows/row-to-problem.ts";

type Row = Readonly<Record<string, unknown>>;

/** What the last of the rows is, by a mapping that all of them tell. */
function read(rows: readonly Row[], verifier?: VerifierName) {
  const mapping = detectProblemMapping(rows);
  const value = rows.at(-1) ?? {};
  return rowToProblem({ line: rows.length, value }, mapping, { table: false, verifier });
}

const user = (content: string) => [{ role: "user", content }];
const asked = (question: string, ...choices: string[]) =>
  user(`${question}\n\n${choices.map((text, i) => `${"ABCD".charAt(i)}. ${text}`).join("\n")}`);

describe("the right answer is found", () => {
  test.each<[string, Row, string]>([
    [
      "in TRL's solution without a box",
      { prompt: user("2/3?"), solution: "$-\\frac{2}{3}$" },
      "$-\\frac{2}{3}$",
    ],
    ["in s1K's solution", { question: "1+2?", solution: "3", cot: null }, "3"],
    [
      "in the tags at the end of a solution",
      { problem: "2+3?", solution: "<think>so</think> <answer>$5$</answer>" },
      "$5$",
    ],
    ["in MATH's \\boxed 5", { problem: "2+3?", solution: "It is $\\boxed 5$." }, "5"],
    ["in MATH's \\fbox", { problem: "2+3?", solution: "It is \\fbox{5}." }, "5"],
    [
      "in boxes that are listed",
      { problem: "x²−7x+12=0?", solution: "$\\boxed{3}$ or $\\boxed{4}$." },
      "3, 4",
    ],
    ["after #### within a line", { question: "9+9?", answer: "We add. #### 18" }, "18"],
    [
      "in the column that has one (MGSM)",
      { question: "9+9?", answer: null, answer_number: 18 },
      "18",
    ],
    [
      "in a text that is a list of one (verl)",
      { prompt: user("?"), reward_model: { ground_truth: '["13"]', style: "rule" } },
      "13",
    ],
    [
      "in a conversation's last turn",
      { messages: [...user("1+1?"), { role: "assistant", content: "So <answer>2</answer>" }] },
      "2",
    ],
    [
      "where several ways lead to one answer (OlympiadBench)",
      { question: "1+1?", solution: ["One way.", "Another."], final_answer: ["$2$"] },
      "$2$",
    ],
  ])("%s", (_where, row, gold) => {
    expect(read([row])).toMatchObject({ gold, verifier: { name: "maths", options: {} } });
  });

  test("a solution that is a text, as of a proof, is no answer", () => {
    const row = { problem: "Prove it.", solution: "Suppose not. Then we have a contradiction." };
    expect(read([row])).toMatchObject({ gold: null, solution: row.solution });
  });
});

describe("choices are asked", () => {
  const q = "Which?";
  test.each<[string, Row, string]>([
    [
      "a column for each",
      { question: q, option_a: "x", option_b: "y", option_c: "z", answer: "B" },
      "B",
    ],
    ["MedMCQA", { question: q, opa: "x", opb: "y", opc: "z", cop: 1 }, "B"],
    [
      "numbered columns and a number",
      { question: q, option1: "x", option2: "y", option3: "z", answer: "2" },
      "B",
    ],
    [
      "MedQA",
      { question: q, options: { A: "x", B: "y", C: "z" }, answer: "y", answer_idx: "B" },
      "B",
    ],
    ["LogiQA", { query: q, options: ["x", "y", "z"], correct_option: 1 }, "B"],
    ["HellaSwag", { ctx: q, endings: ["x", "y", "z"], label: "1" }, "B"],
    [
      "OpenBookQA",
      {
        question_stem: q,
        choices: { text: ["x", "y", "z"], label: ["A", "B", "C"] },
        answerKey: "B",
      },
      "B",
    ],
  ])("%s", (_shape, row, gold) => {
    expect(read([row])).toMatchObject({
      messages: asked(q, "x", "y", "z"),
      gold,
      verifier: { name: "choice", options: { choices: ["x", "y", "z"] } },
    });
  });

  test("SciQ's distractors", () => {
    const row = {
      question: q,
      distractor1: "a",
      distractor2: "b",
      distractor3: "c",
      correct_answer: "d",
    };
    const { gold, verifier } = { gold: "", verifier: undefined, ...read([row]) };
    const choices: unknown = verifier?.options["choices"];
    expect(choices).toHaveLength(4);
    expect(Array.isArray(choices) && choices["ABCD".indexOf(gold ?? "")]).toBe("d");
  });

  test("a letter of choices within the question is a choice, and a letter alone is a variable", () => {
    expect(read([{ question: "Which? (A) one (B) two", answer: "B" }])).toMatchObject({
      gold: "B",
      verifier: { name: "choice", options: {} },
    });
    expect(read([{ question: "Which letter is A. Turing's?", answer: "A" }])).toMatchObject({
      verifier: { name: "maths" },
    });
  });

  test("another verifier is not given their options", () => {
    const row = { question: q, choices: ["x", "y"], answer: 1 };
    expect(read([row], "text")).toMatchObject({ verifier: { name: "text", options: {} } });
  });
});

test("a passage stands before its question, and an instruction before its input", () => {
  expect(read([{ Body: "Ann has 3 pens.", Question: "How many?", Answer: "3.0" }])).toMatchObject({
    messages: user("Ann has 3 pens.\n\nHow many?"),
    columns: {},
  });
  const mapping: ProblemMapping = {
    ...detectProblemMapping([{ instruction: "Add.", input: "1 and 2", answer: "3" }]),
    context: ["input"],
  };
  const value = { instruction: "Add.", input: "1 and 2", answer: "3" };
  expect(rowToProblem({ line: 1, value }, mapping, { table: false })).toMatchObject({
    messages: user("Add.\n\n1 and 2"),
  });
});

describe("an instruction with its input (Alpaca)", () => {
  const rows = [
    { instruction: "Add the numbers.", input: "", output: "Nothing to add: 0" },
    { instruction: "Add the numbers.", input: "1 and 2", output: "3" },
    { instruction: "Multiply them.", input: "2 and 3", output: "6" },
  ];
  const texts = (of: readonly Record<string, unknown>[]): unknown[] => {
    const mapping = detectProblemMapping(of);
    return of.map((value, i) => {
      const problem = rowToProblem({ line: i + 1, value }, mapping, { table: false });
      if ("bad" in problem) throw new Error(problem.bad);
      return [problem.messages.at(-1)?.content, problem.gold, Object.keys(problem.columns)];
    });
  };

  test("is asked with the input under it, where there is one, and answers are what the output holds", () => {
    expect(texts(rows)).toEqual([
      ["Add the numbers.", "Nothing to add: 0", []],
      ["Add the numbers.\n\n1 and 2", "3", []],
      ["Multiply them.\n\n2 and 3", "6", []],
    ]);
    const other = rows.map(({ output, ...row }) => ({ ...row, answer: output }));
    expect(texts(other)).toEqual(texts(rows));
  });

  test("has a solution where the output ends with its answer, and none where it is prose", () => {
    const worked = [{ instruction: "Add.", input: "1 and 2", output: "1 + 2 = 3\n#### 3" }];
    expect(texts(worked)).toEqual([["Add.\n\n1 and 2", "3", []]]);
    const prose = [{ instruction: "Greet.", input: "Ann", output: "Hello, Ann!" }];
    expect(texts(prose)).toEqual([["Greet.\n\nAnn", null, ["output"]]]);
  });

  test("is not what a question or a list of inputs asks", () => {
    const boiler = [
      { instruction: "Answer in a word.", question: "Who?", input: "x", answer: "3" },
    ];
    expect(texts(boiler)).toEqual([["Who?", "3", ["instruction", "input"]]]);
    const listed = [{ instruction: "Add.", input: [1, 2], answer: "3" }];
    expect(texts(listed)).toEqual([["Add.", "3", ["input"]]]);
  });
});

describe("several right answers", () => {
  const row = { question: "Which?", answer: ["Paris", "City of Light"] };
  test("are refused until the verifier says what they are", () => {
    expect(read([row])).toEqual({
      bad: '"answer" holds 2 answers: name the verifier text where any of them will do, set where all are the answer, list where their order counts too',
    });
  });
  test("are any of them, or all", () => {
    expect(read([row], "text")).toMatchObject({
      gold: "Paris",
      verifier: { name: "text", options: { accepted: ["City of Light"] } },
    });
    expect(read([{ question: "Roots?", answer: ["\\frac12", "3"] }], "set")).toMatchObject({
      gold: "\\frac12\n3",
      verifier: { name: "set", options: { item: "maths" } },
    });
  });
});

describe("what cannot be used is said", () => {
  test.each<[string, Row, RegExp]>([
    [
      "fields",
      { question: "?", answer: { value: "2", unit: "m" } },
      /fields value, unit.*"answer\.value" names/u,
    ],
    [
      "a picture",
      { question: "What angle?", image: { bytes: "…" }, answer: "30" },
      /^"image" holds what/u,
    ],
  ])("%s", (_what, row, reason) => {
    expect(read([row])).toEqual({ bad: expect.stringMatching(reason) });
  });

  test("a row without a picture is asked where others have one", () => {
    const rows = [
      { question: "1?", image: { bytes: "…" }, answer: "1" },
      { question: "2?", image: null, answer: "2" },
    ];
    expect(read(rows)).toMatchObject({ gold: "2" });
  });

  test("a side that is none, where other rows name sides", () => {
    const rows = [
      { question: "1?", answer: "1", split: "test" },
      { question: "2?", answer: "2", split: "algebra" },
    ];
    expect(read(rows)).toEqual({ bad: expect.stringMatching(/^the split "algebra" is unknown/u) });
    expect(read([{ ...rows[1], split: "holdout" }])).toMatchObject({ split: "test" });
  });

  test("verl's own split is the side", () => {
    const row = {
      prompt: user("?"),
      reward_model: { ground_truth: "1" },
      extra_info: { split: "test", index: 0 },
    };
    expect(read([row])).toMatchObject({ split: "test", columns: { extra_info: { index: 0 } } });
  });
});

describe("inputs and outputs are tests", () => {
  const examples = [{ input: "1\n", output: "2\n" }];
  test.each<[string, Row]>([
    [
      "APPS",
      {
        question: "Double.",
        input_output: '{"inputs":["1\\n"],"outputs":["2\\n"]}',
        solutions: '["print(2)"]',
      },
    ],
    [
      "LiveCodeBench",
      {
        question_content: "Double.",
        public_test_cases: '[{"input":"1\\n","output":"2\\n","testtype":"stdin"}]',
      },
    ],
    [
      "code_contests",
      { description: "Double.", public_tests: { input: ["1\n"], output: ["2\n"] } },
    ],
    [
      "SYNTHETIC-1",
      {
        problem: "Double.",
        verification_info:
          '{"test_cases":[{"type":"stdin_stdout","input":"1\\n","output":"2\\n","fn_name":null}]}',
      },
    ],
    [
      "verl",
      {
        prompt: user("Double."),
        reward_model: { ground_truth: '{"inputs":["1\\n"],"outputs":["2\\n"]}' },
      },
    ],
  ])("%s", (_shape, row) => {
    expect(read([row])).toMatchObject({
      messages: user(
        "Double.\n\nWrite a Python program that reads its input from standard input and prints its output.",
      ),
      gold: null,
      verifier: { name: "python-tests", options: { examples } },
    });
  });

  test("asserts are tests as they are", () => {
    expect(read([{ question: "Write f.", test_cases: ["assert f(1) == 2"] }])).toMatchObject({
      verifier: { name: "python-tests", options: { tests: ["assert f(1) == 2"] } },
    });
  });

  test("rows of one file may ask for code or for an answer", () => {
    const code = {
      prompt: user("Double."),
      reward_model: { ground_truth: '{"inputs":["1"],"outputs":["2"]}' },
    };
    const maths = { prompt: user("1+1?"), reward_model: { ground_truth: "2" } };
    expect(read([code, maths])).toMatchObject({ gold: "2", verifier: { name: "maths" } });
  });

  test("inputs without outputs are none", () => {
    const row = { question: "Double.", input_output: '{"inputs":["1","2"],"outputs":["2"]}' };
    expect(read([row])).toEqual({ bad: '"input_output" holds no tests' });
  });
});
