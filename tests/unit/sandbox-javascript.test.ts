/** JavaScript that is not ours: nothing of the host is to be had, and every program ends within its limits. */
import { expect, onTestFinished, test } from "vitest";
import type { SandboxLimits, SandboxOutcome } from "#main/core/sandbox-port.ts";
import { SandboxPool } from "#main/processes/sandbox/sandbox-pool.ts";
import { endingOf, hostilePrograms } from "../helpers/hostile-programs.ts";

const HARNESS = `
const { parse, stringify } = JSON;
export async function main(text) {
  const { run } = await import("program.js");
  return stringify({ __proto__: null, value: await run(parse(text)) }.value);
}`;

function sandbox(workers = 1): SandboxPool {
  const pool = new SandboxPool({ workers });
  onTestFinished(() => {
    pool.close();
  });
  return pool;
}

async function run(
  pool: SandboxPool,
  source: string,
  limits: Partial<SandboxLimits> = {},
): Promise<SandboxOutcome> {
  const files = { "program.js": source };
  return pool.run({ language: "javascript", harness: HARNESS, files, input: { n: 3 }, limits });
}

test("a program gets its input and gives its answer, with what it printed", async () => {
  const source = `export function run({ n }) { console.log("n is", n, [n]); return { twice: 2 * n }; }`;
  expect(await run(sandbox(), source)).toEqual({
    ended: "returned",
    value: { twice: 6 },
    printed: "n is 3 [3]\n",
  });
});

test("every hostile program ends as it has to, within its limit and a second", async () => {
  const pool = sandbox();
  const limits = { timeMs: 500, memoryBytes: 64 * 2 ** 20 };
  for (const { name, source, ends } of hostilePrograms("javascript")) {
    // A worker that the one before has used up is started anew before the clock runs.
    expect(await run(pool, "export function run() { return 1; }")).toMatchObject({ value: 1 });
    const startedMs = performance.now();
    const outcome = await run(pool, source, limits);
    expect.soft(endingOf(outcome, ends), name).toBeOneOf([...ends]);
    expect.soft(performance.now() - startedMs, name).toBeLessThan(limits.timeMs + 1000);
  }
});

test("programs run side by side, and a call that is taken back ends its worker alone", async () => {
  const pool = sandbox(2);
  const gone = new AbortController();
  const endless = pool.run(
    {
      language: "javascript",
      harness: HARNESS,
      files: { "program.js": "export function run() { for (;;); }" },
      input: null,
    },
    { signal: gone.signal },
  );
  expect(await run(pool, "export function run({ n }) { return n; }")).toMatchObject({ value: 3 });
  gone.abort(new Error("taken back"));
  await expect(endless).rejects.toThrow("taken back");
  expect(await run(pool, "export function run({ n }) { return n; }")).toMatchObject({ value: 3 });
});

test("what is too long or too much says so in words with the limit", async () => {
  const pool = sandbox();
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
