/** Python that is not ours: nothing of the host is to be had, and every program ends within its limits. */
import { afterAll, expect, test } from "vitest";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { unexpectedEndings } from "../helpers/hostile-programs.ts";
import { runProgram } from "../helpers/sandbox-runs.ts";

/** For all tests: Python takes seconds to start. */
const pool = new SandboxPool({ workers: 1 });
afterAll(() => {
  pool.close();
});

test("a program gets its input and gives its answer, with what it printed, and is the first to run", async () => {
  const program = `
import random

def run(given):
    print("n is", given["n"])
    return [2 * given["n"], random.random()]`;
  const first = await runProgram(pool, "python", program);
  // The generator's seed is 0 for each program: 0.8444 is CPython's first number after it.
  expect(first).toEqual({ ended: "returned", value: [6, 0.8444218515250481], printed: "n is 3\n" });
  expect(await runProgram(pool, "python", program)).toEqual(first);
}, 120_000);

test("every hostile program ends as it has to, within its limit and a second", async () => {
  expect(await unexpectedEndings(pool, "python", "def run(): return 1")).toEqual([]);
}, 240_000);
