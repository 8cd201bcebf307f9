/** JavaScript that is not ours: nothing of the host is to be had, and every program ends within its limits. */
import { expect, test } from "vitest";
import type { SandboxLimits, SandboxOutcome } from "#main/core/sandbox-port.ts";
import type { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { unexpectedEndings } from "../helpers/hostile-programs.ts";
import { runProgram, testSandbox } from "../helpers/sandbox-runs.ts";

const run = async (
  pool: SandboxPool,
  source: string,
  limits: Partial<SandboxLimits> = {},
): Promise<SandboxOutcome> => runProgram(pool, "javascript", source, limits);

test("a program gets its input and gives its answer, with what it printed", async () => {
  const source = `export function run({ n }) { console.log("n is", n, [n]); return { twice: 2 * n }; }`;
  expect(await run(testSandbox(), source)).toEqual({
    ended: "returned",
    value: { twice: 6 },
    printed: "n is 3 [3]\n",
  });
});

test("every hostile program ends as it has to, within its limit and a second", async () => {
  const harmless = "export function run() { return 1; }";
  expect(await unexpectedEndings(testSandbox(), "javascript", harmless)).toEqual([]);
});

test("programs run side by side, and a call that is taken back ends its worker alone", async () => {
  const pool = testSandbox(2);
  const gone = new AbortController();
  const program = "export function run() { for (;;); }";
  const harness = `export async function main() { (await import("program")).run(); }`;
  const endless = pool.run(
    { language: "javascript", harness, files: { program }, input: null },
    { signal: gone.signal },
  );
  expect(await run(pool, "export function run({ n }) { return n; }")).toMatchObject({ value: 3 });
  gone.abort(new Error("taken back"));
  await expect(endless).rejects.toThrow("taken back");
  expect(await run(pool, "export function run({ n }) { return n; }")).toMatchObject({ value: 3 });
});

test("what is too long or too much says so in words with the limit", async () => {
  const pool = testSandbox();
  const limits = { timeMs: 200, outputBytes: 2048, resultBytes: 4096 };
  expect(await run(pool, "export function run() { for (;;); }", limits)).toMatchObject({
    message: "it ran for more than 0.2 s",
  });
  const flood = "export function run() { for (;;) console.log('flood'); }";
  const flooded = await run(pool, flood, limits);
  expect(flooded).toMatchObject({ limit: "output", message: "it printed more than 2 KiB" });
  expect(flooded.printed).toHaveLength(2048);
  const long = "export function run() { return 'x'.repeat(5000); }";
  expect(await run(pool, long, limits)).toMatchObject({
    message: "its answer is longer than 4 KiB",
  });
});
