/** Verdicts on completions of a set's problems: texts at once, code in the sandbox. */
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { judgeMany } from "#main/services/problems/judge-many.ts";
import { verifyFile } from "#main/services/problems/verify-file.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { testApplication } from "../helpers/test-application.ts";

const sandbox = new SandboxPool();
afterAll(() => {
  sandbox.close();
});

const SUM = { id: "sum", gold: "72", verifier: { name: "maths", options: {} } };
const DOUBLE = {
  id: "double",
  gold: null,
  verifier: {
    name: "javascript-tests",
    options: {
      tests: ["assert.equal(double(2), 4);", "assert.equal(double(0), 0);"],
      entry_point: "double",
    },
  },
};

test("text and code are judged side by side, in their order, with partial credit for code", async () => {
  const asked = [
    { problem: DOUBLE, completion: "```js\nfunction double(x) { return 2 * x; }\n```" },
    { problem: SUM, completion: "That makes 72." },
    { problem: DOUBLE, completion: "function double(x) { return x * x + x - 2; }" },
    { problem: SUM, completion: "It is 1 or 72." },
  ];
  const verdicts = await judgeMany(asked, sandbox);
  expect(verdicts.map(({ correct, score }) => [correct, score])).toEqual([
    [true, 1],
    [true, 1],
    [false, 0.5],
    [false, 0],
  ]);
});

test("a verifier that there is not is refused with the problem's id", async () => {
  const problem = { ...SUM, verifier: { name: "oracle", options: {} } };
  await expect(judgeMany([{ problem, completion: "72" }], sandbox)).rejects.toThrow(/sum.*oracle/);
});

test("verdicts do not take the place of the completions that they judge", async () => {
  const store = testApplication().app.store;
  const file = join(temporaryFolder(), "completions.jsonl");
  const request = { set: "mine", version: null, completions: file, out: file };
  await expect(verifyFile({ store, sandbox }, request, () => 0)).rejects.toThrow(
    "is the file of completions",
  );
});
