/** Code in completions and its tests: what is taken, what counts, and what is said. */
import { afterAll, describe, expect, test } from "vitest";
import type { JsonValue } from "#shared/schema/json-value.ts";
import {
  judgeCode,
  languageOfTests,
  refusalOfTests,
} from "#main/core/verifiers/code/code-tests.ts";
import { joinPrompt, takeCode } from "#main/core/verifiers/code/take-code.ts";
import type { Verdict } from "#main/core/verifiers/verifier.ts";
import { optionsOfCases, readTestCases } from "#main/services/problems/rows/test-cases.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";

const sandbox = new SandboxPool({ workers: 1 });
afterAll(() => {
  sandbox.close();
});

type Options = Readonly<Record<string, JsonValue>>;
const python = async (options: Options, completion: string): Promise<Verdict> =>
  judgeCode(sandbox, "python", options, completion, { limits: { timeMs: 1500 } });
const javascript = async (options: Options, completion: string): Promise<Verdict> =>
  judgeCode(sandbox, "javascript", options, completion, { limits: { timeMs: 1500 } });

describe("the code of a completion", () => {
  test.each([
    ["the last block of the language", "```python\na\n```\nbetter:\n```py\nb\n```", "b"],
    ["a block without a name", "So:\n```\na\n```", "a"],
    ["not a block of another language", "```python\na\n```\n```sh\nrun\n```", "a"],
    ["a block that is never closed", "```python\na\nb", "a\nb"],
    ["the whole text where there is no block", "    return 1\n", "    return 1\n"],
    ["what follows the thinking", "<think>```python\nx\n```</think>\nreturn 1", "\nreturn 1"],
  ])("is %s", (_what, completion, code) => {
    expect(takeCode(completion, "python")).toBe(code);
  });

  test("goes on with the prompt, or defines the function anew", () => {
    const prompt = "function f(x) {\n";
    const given = { prompt, entryPoint: "f" };
    expect(joinPrompt(given, "  return x;\n}", "javascript")).toBe(`${prompt}  return x;\n}`);
    expect(joinPrompt(given, "const f = (x) => x;", "javascript")).toBe("const f = (x) => x;");
  });
});

describe("python-tests", () => {
  const add = "def add(a, b):\n    return a + b\n";

  test("each assert counts, and the first that fails is named with its reason", async () => {
    const tests = ["assert add(1, 2) == 3", "assert add(2, 2) == 5", "assert add([1], 2) == 0"];
    expect(
      await python({ tests, setup: "import math" }, `Here:\n\`\`\`python\n${add}\`\`\``),
    ).toEqual({
      correct: false,
      score: 1 / 3,
      detail: "1 of 3 tests passed; assert add(2, 2) == 5: AssertionError",
    });
  });

  test("a program prints what its examples say, which numbers may be written otherwise", async () => {
    const examples = [
      { input: "1\n", output: "2.0" },
      { input: "2", output: "4\n\n" },
      { input: "3", output: "7" },
    ];
    const program = "import sys\nn = int(sys.stdin.readline())\nprint(2 * n)\nsys.exit()";
    expect(await python({ examples }, program)).toEqual({
      correct: false,
      score: 2 / 3,
      detail: '2 of 3 tests passed; input "3": AssertionError: it prints "6", not "7"',
    });
    const asked = await python({ examples }, "n = int(input())\nprint(2 * n + n // 3)");
    expect(asked).toMatchObject({ correct: true, detail: "3 of 3 tests passed" });
    const none = await python({ examples: [] }, "print(1)");
    expect(none.detail).toContain("there is no test");
    const script = await javascript({ examples }, "console.log(2)");
    expect(script.detail).toContain("programs in Python alone");
  });

  test("a function is called as APPS calls it", async () => {
    const cases = {
      fn_name: "pair",
      inputs: [
        [1, 2],
        [3, 4],
      ],
      outputs: [[2, 1], [[4, 3]]],
    };
    const options = optionsOfCases(
      readTestCases(JSON.stringify(cases)) ?? { tests: [], examples: [] },
    );
    const method = "class Solution:\n    def pair(self, a, b):\n        return b, a";
    expect(await python(options, method)).toMatchObject({ correct: true });
    expect(await python(options, "def pair(a, b):\n    return [a, b]")).toMatchObject({ score: 0 });
  });

  test("check takes the entry point, and a completion goes on with the prompt", async () => {
    const options = {
      prompt: 'def add(a, b):\n    """Adds."""\n',
      entry_point: "add",
      tests: [
        "def check(candidate):\n    assert candidate(1, 2) == 3\n    for i in range(3):\n        assert candidate(i, i) == 2 * i\n",
      ],
    };
    expect(await python(options, "    return a + b\n")).toMatchObject({ score: 1, correct: true });
    // 1 + 2 is 3 for a | b too; of 0, 1 and 2 the loop meets 1 | 1, which is not 2.
    expect(await python(options, "    return a | b\n")).toMatchObject({ score: 0.5 });
    expect(await python(options, add.replace("add", "plus"))).toMatchObject({ correct: false });
  });

  test("functions test_… count one by one and import the solution", async () => {
    const tests = [
      "from solution import add\n\ndef test_two():\n    assert add(1, 1) == 2\n\ndef test_text():\n    assert add('a', 'b') == 'ba'\n",
    ];
    expect(await python({ tests }, add)).toEqual({
      correct: false,
      score: 0.5,
      detail: "1 of 2 tests passed; test_text: AssertionError",
    });
  });

  test.each([
    ["a syntax error", "def add(a, b:\n", /cannot be run: SyntaxError/],
    ["a module that is not there", "import numpy\n", /numpy.*standard library alone/],
    ["an end of its own", "import os\nos._exit(0)\n", /ended its interpreter/],
    ["an exit while it is loaded", "import sys\nsys.exit(0)\n", /cannot be run: SystemExit: 0/],
    ["an endless loop", "def add(a, b):\n    while True: pass\n", /ran for more than 1.5 s/],
    ["no code", "```python\n```", /There is no code/],
  ])("%s is no error but a verdict", async (_what, completion, detail) => {
    const verdict = await python({ tests: ["assert add(1, 2) == 3"] }, completion);
    expect(verdict).toMatchObject({ correct: false, score: 0 });
    expect(verdict.detail).toMatch(detail);
  });

  test("a solution that answers every comparison with yes is judged as Python does, one that changes its tester fails", async () => {
    const tests = ["assert add(1, 2) == 3", "assert add(1, 2) == 4"];
    const cheat = `${add}\nimport json, builtins\njson.dumps = lambda *_: '{"total": 2, "passed": 2, "first": null}'\nbuiltins.AssertionError = KeyError\n`;
    expect(await python({ tests }, cheat)).toMatchObject({ score: 0.5 });
  });
});

describe("javascript-tests", () => {
  test("each text counts, with node's assert", async () => {
    const tests = [
      "const assert = require('node:assert');\nassert.deepStrictEqual(pair(1), [1, 1]);",
      "assert.equal(pair(2)[0], 3);",
    ];
    expect(
      await javascript({ tests }, "```js\nexport function pair(x) { return [x, x]; }\n```"),
    ).toEqual({
      correct: false,
      score: 0.5,
      detail: "1 of 2 tests passed; assert.equal(pair(2)[0], 3);: Error: 2 is not 3",
    });
  });

  test("check takes the entry point, and named tests count one by one", async () => {
    const add = "const add = (a, b) => a + b;";
    const check = "function check(f) { if (f(1, 2) !== 3) throw new Error('no'); }";
    expect(await javascript({ tests: [check], entry_point: "add" }, add)).toMatchObject({
      score: 1,
    });
    const named =
      "test('sums', () => assert.equal(add(1, 1), 2)); test('waits', async () => assert.equal(await add('a', 'b'), 'ba'));";
    expect(await javascript({ tests: [named] }, add)).toMatchObject({
      score: 0.5,
      detail: '1 of 2 tests passed; waits: Error: "ab" is not "ba"',
    });
  });

  test.each([
    ["a syntax error", "function add(a, b {", /cannot be run: SyntaxError/],
    ["an endless loop", "for (;;);", /ran for more than 1.5 s/],
    ["the host", "const add = () => process.exit(0);", /'process' is not defined/],
  ])("%s is no error but a verdict", async (_what, completion, detail) => {
    const verdict = await javascript({ tests: ["assert.equal(add(1, 2), 3)"] }, completion);
    expect(verdict).toMatchObject({ correct: false, score: 0 });
    expect(verdict.detail).toMatch(detail);
  });
});

test("options that no test can be read from are refused in words", () => {
  expect(languageOfTests("python-tests")).toBe("python");
  expect(languageOfTests("javascript-tests")).toBe("javascript");
  expect(languageOfTests("toString")).toBeUndefined();
  expect(refusalOfTests({ tests: ["assert True"] })).toBeNull();
  expect(refusalOfTests({ tests: [] })).toMatch(/tests are not understood/);
  expect(refusalOfTests({ test: "assert True" })).toMatch(/tests are not understood/);
});
