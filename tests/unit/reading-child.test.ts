/** Foreign files are read in a process of their own: what they do to it, the host only reads about. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readForeign } from "#main/processes/reading/reading-child.ts";
import { readingLimits } from "#main/processes/reading/reading-limits.ts";
import { clientOf, fileOf } from "../helpers/dataset-fixture.ts";
import { testApplication } from "../helpers/test-application.ts";

const PARQUET = fileURLToPath(new URL("../fixtures/parquet/", import.meta.url));
const damaged = readdirSync(PARQUET).filter((name) => name.endsWith(".parquet"));

test("a Parquet file that spins or leaves rejections behind is refused in words, and the host goes on", async () => {
  const rejections: unknown[] = [];
  const onRejection = (error: unknown): void => {
    rejections.push(error);
  };
  process.on("unhandledRejection", onRejection);
  const client = clientOf(testApplication().app);
  expect(damaged).toHaveLength(5);
  let longestSilenceMs = 0;
  let last = performance.now();
  const pulse = setInterval(() => {
    longestSilenceMs = Math.max(longestSilenceMs, performance.now() - last);
    last = performance.now();
  }, 20);
  for (const name of damaged) {
    await expect(
      client.datasets.imports.inspect({ file: { path: `${PARQUET}${name}` } }),
    ).rejects.toThrow(/cannot be read/);
  }
  clearInterval(pulse);
  process.off("unhandledRejection", onRejection);
  expect(rejections).toEqual([]);
  expect(longestSilenceMs).toBeLessThan(1000);
}, 60_000);

const entry = new URL("../helpers/hostile-reader.ts", import.meta.url);
/** So much time that memory runs out first, on a machine that hands it out slowly too. */
const limits = { cpuMs: 10_000, memoryBytes: 200e6 };

async function outcome(request: string, cpuMs = limits.cpuMs): Promise<unknown> {
  const items: unknown[] = [];
  const reading = { entry, request, subject: "The file", limits: { ...limits, cpuMs } };
  for await (const item of readForeign(reading)) items.push(item);
  return items;
}

test("a reader that spins is a refusal in words", async () => {
  const refused = outcome("spin", 500);
  await expect(refused).rejects.toThrow(/takes more than 0\.5 seconds/);
  await expect(refused).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test.each([
  ["eat buffers", /more than 200 MB of memory/],
  ["eat the heap", /more than 200 MB of memory/],
  ["die", /ended by SIGSEGV/],
  ["exit", /ended with exit code 3/],
])("a reader that %s is a refusal in words", async (request, message) => {
  const refused = outcome(request);
  await expect(refused).rejects.toThrow(message);
  await expect(refused).rejects.toMatchObject({ code: "BAD_INPUT" });
});

test("a promise that nobody awaits is the file's fault too, and a bug is told as one", async () => {
  await expect(outcome("reject")).rejects.toThrow("left behind");
  await expect(outcome("bug")).rejects.toThrow(/reading The file: TypeError/);
});

test("items come in order, and computing counts anew with each of them", async () => {
  expect(await outcome("count", 500)).toEqual([0, 1, 2, 3, 4]);
});

test("who stops asking ends the reader", async () => {
  const items = readForeign({ entry, request: "for ever", subject: "The file", limits });
  const pid = Number((await items.next()).value);
  expect(pid).toBeGreaterThan(0);
  await items.return(undefined);
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test("what a file may take grows with its size", () => {
  expect(readingLimits(1000).cpuMs).toBeLessThan(2000);
  expect(readingLimits(1000).memoryBytes).toBeLessThan(300e6);
  expect(readingLimits(100e6).cpuMs).toBeGreaterThan(20_000);
  expect(readingLimits(100e6).memoryBytes).toBeGreaterThan(800e6);
});

test("a row nested a hundred thousand deep is a bad row, not the end of anything", async () => {
  const deep = `{"prompt":"p","completion":"c","more":${"[".repeat(100_000)}${"]".repeat(100_000)}}`;
  const good = '{"prompt":"p","completion":"c"}';
  const client = clientOf(testApplication().app);
  const found = await client.datasets.imports.inspect({
    file: { path: fileOf("deep.jsonl", `${good}\n${deep}\n`) },
  });
  expect(found.rows).toHaveLength(1);
  expect(found.bad).toEqual([{ line: 2, reason: "is nested deeper than 100 levels" }]);
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
