import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRouterClient, ORPCError, safe } from "@orpc/server";
import type { ContractRouterClient } from "@orpc/contract";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRouter } from "#main/procedures/router.ts";
import { Application } from "#main/services/application.ts";
import type { SourceRow } from "#main/core/tables/source-row.ts";
import { openRows } from "#main/core/tables/open-rows.ts";
import { formatOf } from "#main/processes/reading/read-rows.ts";
import { goldRefusal } from "#main/services/problems/check-gold.ts";
import { isTable } from "#main/services/problems/problem-file.ts";
import { detectProblemMapping } from "#main/services/problems/rows/detect-problem-mapping.ts";
import { rowToProblem } from "#main/services/problems/rows/row-to-problem.ts";
import type { Contract } from "#shared/contract/contract.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import { writeProblemFiles } from "../helpers/problem-shapes.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { modelFolder, settled, TEST_ENGINE_ENTRY } from "../helpers/test-application.ts";

type Client = ContractRouterClient<Contract>;

let client: Client;
let app: Application;
let model: string;
let folder: string;

beforeAll(async () => {
  folder = temporaryFolder();
  const workspace = join(folder, "workspace");
  app = new Application({ workspace, shell: "cli", engineEntry: TEST_ENGINE_ENTRY });
  model = modelFolder(folder);
  client = createRouterClient(createRouter(app), { context: {} });
  await writeProblemFiles(folder);
});

afterAll(() => app.close());

let files = 0;
function fileOf(lines: readonly unknown[], ending = "jsonl"): string {
  const path = join(folder, `file-${++files}.${ending}`);
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(path, `${text.join("\n")}\n`);
  return path;
}

async function imported(path: string, into: string, part: object = {}) {
  return await client.problems.import({ file: { path }, into, ...part });
}

async function refusal(call: Promise<unknown>): Promise<[string, string] | undefined> {
  const [error] = await safe(call);
  return error instanceof ORPCError && error.defined
    ? [String(error.code), error.message]
    : undefined;
}

describe("shapes that are known without a mapping", () => {
  const user = (content: string) => [{ role: "user", content }];
  test.each<[string, number, Partial<SetProblem>]>([
    [
      "gsm8k.jsonl",
      20,
      {
        id: "1",
        messages: [
          { role: "user", content: "Ada has 2 bags of 5 marbles. How many marbles are that?" },
        ],
        gold: "10",
        solution: "Each bag has 5.\nThat is 2*5=<<2*5=10>>10 marbles.\n#### 10",
        verifier: { name: "maths", options: {} },
        columns: {},
      },
    ],
    [
      "math.jsonl",
      20,
      {
        gold: String.raw`\frac{1}{5}`,
        difficulty: 1,
        tags: ["Counting & Probability"],
        solution: String.raw`We cancel 2: the answer is $\boxed{\frac{1}{5}}$.`,
      },
    ],
    [
      "math-500.jsonl",
      20,
      {
        id: "1",
        gold: "10",
        difficulty: 1,
        tags: ["Algebra"],
        columns: { unique_id: "test/algebra/0.json" },
      },
    ],
    [
      "aime.jsonl",
      20,
      { id: "62", gold: "4", columns: { url: "https://example.org", year: "2024" } },
    ],
    [
      "openr1-math.jsonl",
      20,
      {
        messages: [{ role: "user", content: "Solve $x - 2 = 5$." }],
        gold: "7",
        solution: "Add 2.",
        tags: ["Algebra"],
      },
    ],
    [
      "deepmath.jsonl",
      20,
      {
        gold: "2",
        difficulty: 7,
        tags: ["Mathematics", "Algebra", "Complex Numbers"],
        solution: "First way: 2.",
        columns: { difficulty: 6.5, r1_solution_2: "Second way: 2." },
      },
    ],
    [
      "big-math.jsonl",
      20,
      { gold: "3", columns: { source: "orca_math", llama8b_solve_rate: 0.25 } },
    ],
    [
      "dapo.jsonl",
      20,
      {
        messages: [{ role: "user", content: 'Solve: 2 times 5. End with "Answer: …".' }],
        gold: "10",
        tags: ["MATH"],
        columns: {
          data_source: "math_dapo",
          reward_model: { style: "rule-lighteval/MATH_v2" },
          extra_info: { index: "i2" },
        },
      },
    ],
    [
      "verl.parquet",
      20,
      {
        messages: [{ role: "user", content: 'Solve: 2 times 5. End with "Answer: …".' }],
        gold: "10",
      },
    ],
    ["prompt-answer.json", 5, { id: "1", gold: "7" }],
    [
      "question-answer.csv",
      20,
      { gold: "7", tags: ["sums", "small"], difficulty: 0, split: "test", columns: {} },
    ],
    [
      "mmlu.jsonl",
      20,
      {
        messages: [{ role: "user", content: "Which is 2 + 5?\n\nA. 7\nB. 8\nC. 9\nD. 10" }],
        gold: "A",
        verifier: {
          name: "choice",
          options: { choices: ["7", "8", "9", "10"], gold_is: "letter" },
        },
        tags: ["elementary_mathematics"],
      },
    ],
    [
      "arc.jsonl",
      20,
      {
        id: "Mercury_2",
        gold: "C",
        verifier: {
          name: "choice",
          options: { choices: ["cat", "dog", "hen"], gold_is: "letter" },
        },
      },
    ],
    [
      "human-eval.jsonl",
      20,
      {
        gold: null,
        solution: 'def add_2(x: int) -> int:\n    """Add 2 to x."""\n    return x + 2\n',
        verifier: {
          name: "python-tests",
          options: {
            tests: [
              "def check(candidate):\n    assert candidate(1) == 3\n    assert candidate(0) == 2\n",
            ],
            entry_point: "add_2",
            prompt: 'def add_2(x: int) -> int:\n    """Add 2 to x."""\n',
          },
        },
        columns: { task_id: "HumanEval/0" },
      },
    ],
    [
      "mbpp.jsonl",
      20,
      {
        messages: [
          {
            role: "user",
            content:
              "Write a function to multiply by 2.\n\nYour code should pass these tests:\n\nassert times(1) == 2\nassert times(2) == 4",
          },
        ],
        solution: "def times(x):\n    return 2 * x",
      },
    ],
    ["kodcode.jsonl", 20, { columns: { subset: "Prefill" }, gold: null }],
    [
      "reasoning-gym.jsonl",
      20,
      { gold: "7", verifier: { name: "maths", options: {} }, tags: ["chain_sum"] },
    ],
  ])("%s", async (file, count, first) => {
    // Read in this process: a child for each shape would take most of the time.
    const path = join(folder, file);
    const format = formatOf(path);
    const rows: Extract<SourceRow, { value: unknown }>[] = [];
    for await (const row of openRows(path, format).rows) if ("value" in row) rows.push(row);
    const mapping = detectProblemMapping(rows.map(({ value }) => value));
    const problems = rows.map((row) => rowToProblem(row, mapping, { table: isTable(format) }));
    expect(problems).toHaveLength(count);
    expect(problems[0]).toMatchObject(first);
    const wrong = problems.map((one) => ("bad" in one ? one.bad : goldRefusal(one)));
    expect(wrong.filter((reason) => reason !== null)).toEqual([]);
  });

  test("gpqa.csv: the right answer's place depends on the question alone", async () => {
    await imported(join(folder, "gpqa.csv"), "gpqa");
    const problems = app.store.problems.select({ set: "gpqa", version: 1 });
    const golds = problems.map(({ gold }) => gold ?? "");
    expect(new Set(golds).size).toBeGreaterThan(2);
    for (const [i, { verifier, gold, messages }] of problems.entries()) {
      const { choices } = verifier.options;
      const at = "ABCD".indexOf(gold ?? "");
      expect(Array.isArray(choices) && choices[at]).toBe(`${i + 2}/${3 * i + 5}`);
      expect(messages[0]?.content).toContain(`\n${gold ?? ""}. ${i + 2}/${3 * i + 5}`);
    }
    expect(problems[0]).toMatchObject({ tags: ["Physics"], columns: { "Record ID": "rec2" } });
    expect((await imported(join(folder, "gpqa.csv"), "gpqa")).unchanged).toBe(true);
  });

  test("a conversation that ends with an answer asks what stands before it", async () => {
    const path = fileOf([
      {
        messages: [
          ...user("Hi"),
          { role: "assistant", content: "<think>a</think>Hello" },
          ...user("2+2?"),
          { role: "assistant", content: String.raw`It is \boxed{4}.` },
        ],
      },
    ]);
    await imported(path, "talk");
    expect(app.store.problems.select({ set: "talk", version: 1 })).toMatchObject([
      {
        messages: [{ content: "Hi" }, { content: "<think>a</think>Hello" }, { content: "2+2?" }],
        gold: "4",
        solution: String.raw`It is \boxed{4}.`,
      },
    ]);
  });

  test("a file's own columns say verifier, options, tags, split and system prompt", async () => {
    const path = fileOf([
      {
        id: "a",
        prompt: "Colour of the sky?",
        answer: "blue",
        verifier: "text",
        verifier_options: {},
        system_prompt: "Be brief.",
        tags: ["sky"],
        split: "test",
        extra: 1,
      },
    ]);
    await imported(path, "own-columns");
    expect(app.store.problems.select({ set: "own-columns", version: null })).toEqual([
      {
        id: "a",
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "Colour of the sky?" },
        ],
        gold: "blue",
        verifier: { name: "text", options: {} },
        solution: null,
        tags: ["sky"],
        difficulty: null,
        columns: { extra: 1 },
        split: "test",
      },
    ]);
  });
});

describe("what a file says that is wrong", () => {
  const BROKEN = [
    { id: 1, question: "1+1?", answer: 2 },
    "no json",
    { id: 2, question: "", answer: 3 },
    { id: 3, question: "3+3?" },
    { id: 1, question: "Another?", answer: 4 },
    { id: 9, question: "1+1?", answer: 2 },
    { id: 5, question: "5+5?", answer: "$$" },
  ];

  test("bad lines are listed with line and reason, and nothing comes in without skipBad", async () => {
    const path = fileOf(BROKEN);
    const refused = await imported(path, "broken");
    expect(refused).toMatchObject({ version: null, problems: 0, splits: { train: 0, test: 0 } });
    expect(refused.bad.map(({ line, reason }) => [line, reason.slice(0, 24)])).toEqual([
      [2, expect.stringMatching(/^is not JSON at column \d+/u)],
      [3, 'has no prompt in "questi'],
      [4, 'has no answer in "answer'],
      [5, 'its id "1" stands on an '],
    ]);
    expect(app.store.problems.find("broken")).toBeNull();
    const taken = await imported(path, "broken", { skipBad: true });
    expect(taken).toMatchObject({ version: 1, problems: 2, duplicates: 1, badLines: 4 });
    expect(taken.goldRejected).toMatchObject([{ line: 7 }]);
    expect(taken.goldRejected[0]?.reason).toContain("cannot be read as mathematics");
  });

  test("a verifier of tests is doubted where a problem has none", async () => {
    const path = fileOf([{ question: "1 + 1?", answer: "2" }]);
    const { goldRejected } = await imported(path, "untested", { verifier: "python-tests" });
    expect(goldRejected).toEqual([
      { line: 1, reason: "The tests are not understood: there is no test." },
    ]);
  });

  test("a worked answer that ends with #### and nothing has no answer, and is not one whole", async () => {
    const path = fileOf([
      { question: "1 + 1?", answer: "One and one.\n#### 2" },
      { question: "1 + 2?", answer: "One and two.\n####" },
      { question: "1 + 3?", answer: "One and three.\n####   " },
    ]);
    const { bad } = await imported(path, "unanswered");
    expect(bad).toEqual([
      { line: 2, reason: 'has no answer: "answer" ends with #### and nothing after it' },
      { line: 3, reason: 'has no answer: "answer" ends with #### and nothing after it' },
    ]);
  });

  test("a file whose columns say nothing is shown with them, so that a person can say which is asked", async () => {
    const path = fileOf([{ frage: "Was ist\n1 plus 2?", gold: "3" }]);
    const found = await client.problems.inspect({ file: { path } });
    expect(found).toMatchObject({ columns: ["frage", "gold"], problems: [], bad: [], read: 1 });
    expect(found.mapping).toMatchObject({ prompt: null, messages: null });
    expect(found.example["frage"]).toBe("Was ist 1 plus 2?");
    const mapped = await client.problems.inspect({ file: { path }, mapping: { prompt: "frage" } });
    expect(mapped.problems.map(({ problem }) => problem.gold)).toEqual(["3"]);
  });

  test.each([
    [["x"], "no line", "Line 1: is not JSON at column 1"],
    [
      [{ a: 1, b: "c" }],
      "no column",
      "has no column that could be the prompt. Its columns are a, b.",
    ],
    [[], "nothing", "It has no rows."],
    [
      [
        { prompt: "p", answer: "" },
        { prompt: "q", answer: null },
      ],
      "no answers",
      "No line of",
    ],
  ])("a file with %j is refused in words", async (lines, _what, words) => {
    const found = await refusal(imported(fileOf(lines), "refused", { skipBad: true }));
    expect(found?.[0]).toBe("BAD_INPUT");
    expect(found?.[1]).toContain(words);
  });

  test("choices, splits and verifiers that cannot be meant are bad lines", async () => {
    const path = fileOf([
      { question: "q1", choices: ["a", "b"], answer: 5, split: "train" },
      { question: "q2", choices: ["a"], answer: 0, split: "train" },
      { question: "q3", choices: "a", answer: 0, split: "train" },
      { question: "q4", choices: ["a", "b"], answer: "b", split: "train", verifier: "magic" },
      { question: "q5", choices: ["x", "y"], answer: "b", split: "somewhere" },
    ]);
    const { bad } = await imported(path, "choices", { mapping: { split: "split" } });
    expect(bad.map(({ reason }) => reason.slice(0, 30))).toEqual([
      "the answer 5 is none of its 2 ",
      "has fewer than two choices",
      '"choices" is not a list of cho',
      '"magic" is no verifier; there ',
      'the split "somewhere" is unkno',
    ]);
  });

  test("a mapping that names a column which is not there says what there is", async () => {
    const path = fileOf([{ frage: "1+1?", antwort: 2 }]);
    const missing = await refusal(imported(path, "german", { mapping: { prompt: "question" } }));
    expect(missing?.[1]).toContain('no column "question"');
    const mapping = { prompt: "frage", answer: "antwort" };
    expect((await imported(path, "german", { mapping })).problems).toBe(1);
  });

  test("a Parquet file that is none ends the import, not the host", async () => {
    const path = join(folder, "broken.parquet");
    writeFileSync(path, "PAR1 and no more");
    expect((await refusal(imported(path, "parquet")))?.[0]).toBe("BAD_INPUT");
    expect(app.store.problems.find("parquet")).toBeNull();
  });
});

describe("splits", () => {
  const SUMS = Array.from({ length: 300 }, (_, i) => ({
    question: `What is ${i} + 1?`,
    answer: i + 1,
  }));

  test("without a word everything is to train on; by share the problem's text decides", async () => {
    expect((await imported(fileOf(SUMS), "sums")).splits).toEqual({ train: 300, test: 0 });
    const shared = await imported(fileOf(SUMS), "sums", { testShare: 0.2 });
    expect(shared).toMatchObject({ version: 2, unchanged: false });
    // Binomial with n = 300, p = 0.2: 60 ± 4 standard deviations of 6.9.
    expect(Math.abs(shared.splits.test - 60)).toBeLessThan(28);
    const sides = (lines: readonly { question: string; answer: number }[], set: string) =>
      imported(fileOf(lines), set, { testShare: 0.2 }).then(() =>
        app.store.problems
          .select({ set, version: null })
          .map(({ messages, split }) => [messages[0]?.content.toLowerCase().trim(), split]),
      );
    // The same problems in another order and dress, with other answers, are on the same sides.
    const dressed = SUMS.toReversed().map(({ question, answer }) => ({
      question: ` ${question.toUpperCase()}`,
      answer: answer + 1,
    }));
    const one = Object.fromEntries(await sides(SUMS, "sums"));
    expect(Object.fromEntries(await sides(dressed, "dressed"))).toEqual(one);
  });

  test("a column's sides count, and the share goes before the column", async () => {
    const path = join(folder, "question-answer.csv");
    expect((await imported(path, "sided")).splits).toEqual({ train: 15, test: 5 });
    expect((await imported(path, "sided", { testShare: 0 })).splits).toEqual({
      train: 20,
      test: 0,
    });
  });
});

describe("versions", () => {
  test("the same content is the same version, other content the next one", async () => {
    const first = { question: "1+1?", answer: 2 };
    const path = fileOf([first]);
    expect(await imported(path, "grows", { licence: "MIT" })).toMatchObject({ version: 1 });
    expect(await imported(path, "grows")).toMatchObject({ version: 1, unchanged: true });
    const more = fileOf([first, { question: "2+2?", answer: 4 }]);
    expect(await imported(more, "grows")).toMatchObject({ version: 2, unchanged: false });
    const { versions } = await client.problems.get({ set: "grows" });
    expect(versions.map(({ version, licence }) => [version, licence])).toEqual([
      [2, "MIT"],
      [1, "MIT"],
    ]);
  });

  test.each(["jsonl", "json", "csv", "parquet"] as const)(
    "what is exported as %s and imported again is the same content",
    async (format) => {
      const source = fileOf([
        {
          id: "=1+1",
          prompt: "-x + 3 is what?\r\nSay it.",
          answer: "-x",
          level: 2,
          price: "00.10",
          tags: ["a,b", "c"],
          of: { big: "9007199254740993", list: [1, null, "x"] },
        },
        '{"id": 2, "prompt": "[1] {a}", "answer": 1.0, "weight": 9007199254740993, "small": 1e-7}',
        {
          id: "three",
          prompt: [
            { role: "system", content: "s" },
            { role: "user", content: "u" },
          ],
          answer: "0.50",
          split: "test",
        },
      ]);
      await imported(source, "around", { mapping: { split: "split", difficulty: "level" } });
      await imported(join(folder, "human-eval.jsonl"), "code-around");
      for (const set of ["around", "code-around"]) {
        const path = join(folder, `${set}.out.${format}`);
        await client.problems.export({ set, path, format, overwrite: true });
        const again = await imported(path, set);
        expect(again).toMatchObject({ unchanged: true, bad: [] });
      }
    },
  );

  test("a question with two answers is told, and so are problems without any", async () => {
    const path = fileOf([
      { question: "1+1?", answer: "2" },
      { question: " 1+1? ", answer: "\\frac{4}{2}" },
      { question: "1+1?", answer: "3" },
    ]);
    expect(await imported(path, "twice")).toMatchObject({
      problems: 3,
      goldsContradicted: 1,
      contradicted: [{ line: 3, reason: 'line 1 asks the same and has the answer "2", not "3"' }],
      withoutGold: 0,
    });
    const asked = await imported(fileOf([{ question: "Who?", reply: "I" }]), "unanswered");
    expect(asked).toMatchObject({ problems: 1, withoutGold: 1 });
  });

  test("problems that others have too, or nearly, are told", async () => {
    const long = "A train leaves the station at noon with two hundred people and";
    const of = (ends: readonly string[]) =>
      fileOf(ends.map((end) => ({ question: `${long} ${end}`, answer: 1 })));
    await imported(of(["stops at the sea after five long hours of rain"]), "trains-a");
    await imported(
      of([
        "STOPS at the sea, after five long hours of rain!",
        "stops at the sea after five long hours of snow",
      ]),
      "trains-b",
    );
    const { sets } = await client.problems.overlap({ set: "trains-a" });
    expect(sets).toMatchObject([{ set: "trains-b", same: 1, near: 1 }]);
    await imported(
      fileOf([
        { question: "What is 9 + 9 - 9?", answer: 9 },
        ...Array.from({ length: 60 }, (_, i) => ({
          question: `What is ${i + 10} + 7?`,
          answer: i + 17,
        })),
      ]),
      "drills",
    );
    const { heldOut } = await client.problems.overlap({ set: "drills" });
    expect(heldOut.problems).toBeGreaterThan(0);
    expect(heldOut.examples[0]?.task).toMatch(/^arithmetic\//u);
  });
});

describe("answers on a set's verifiers", () => {
  const out = () => join(folder, "verdicts.jsonl");

  test("completions are judged line by line, ids as written", async () => {
    await imported(join(folder, "gsm8k.jsonl"), "judged");
    const completions = fileOf([
      { id: "1", completion: "<think>2*5</think><answer>10</answer>" },
      { id: 2, completion: String.raw`So it is \boxed{24}.` },
      { id: "1", completion: "I do not know." },
    ]);
    const judged = await client.problems.verify({ set: "judged", completions, out: out() });
    expect(judged).toMatchObject({ count: 3, correct: 2 });
    const lines = readFileSync(out(), "utf8").trim().split("\n");
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([
      { id: "1", correct: true, score: 1 },
      { id: "2", correct: true, score: 1 },
      { id: "1", correct: false, score: 0 },
    ]);
    const tried = await client.problems.try({ set: "judged", id: "1", completion: "10" });
    expect(tried.correct).toBe(true);
  });

  test.each([
    [{ id: "77", completion: "x" }, 'Line 2 of {} names "77", which is no problem of judged'],
    [{ completion: "x" }, "Line 2 of {} has no id"],
    [{ id: "1" }, "Line 2 of {} has no completion"],
    ["{", "Line 2 of {} is not JSON"],
  ])("a line that is %j writes nothing", async (line, words) => {
    const completions = fileOf([{ id: "1", completion: "10" }, line]);
    const nowhere = join(folder, "never.jsonl");
    const found = await refusal(
      client.problems.verify({ set: "judged", completions, out: nowhere }),
    );
    expect(found?.[1]).toContain(words.replace("{}", completions));
    expect(() => readFileSync(nowhere)).toThrow("ENOENT");
  });
});

test("a set that a run asks is not deleted, and says which run", async () => {
  await imported(fileOf([{ question: "1+1?", answer: 2 }]), "in-use", { testShare: 1 });
  const { pipelineId } = await client.benchmarks.run({ model, benchmark: "in-use", samples: 1 });
  await settled(app, pipelineId);
  expect(await refusal(client.problems.delete({ set: "in-use" }))).toEqual([
    "CONFLICT",
    `in-use is used by ${pipelineId}-benchmark: their results would lose their problems.`,
  ]);
  await client.pipelines.delete({ pipelineId });
  await client.problems.delete({ set: "in-use" });
  expect((await client.problems.list()).map(({ name }) => name)).not.toContain("in-use");
  expect((await refusal(client.problems.delete({ set: "in-use" })))?.[0]).toBe("NOT_FOUND");
});

test("the first problems of a file are shown as they would come in", async () => {
  const found = await client.problems.inspect({
    file: { path: join(folder, "mmlu.jsonl") },
    problems: 2,
  });
  expect(found).toMatchObject({
    format: "jsonl",
    mapping: { shape: "multiple-choice", prompt: "question", choices: ["choices"] },
    read: 20,
    bad: [],
  });
  expect(found.problems.map(({ problem }) => problem.gold)).toEqual(["A", "B"]);
});
