import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fileOf, sumLine, sumsFile } from "../helpers/dataset-fixture.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";

const MAIN = fileURLToPath(new URL("../../src-main/host/cli/main.ts", import.meta.url));

/** `gradus data …` as a user starts it. */
async function data(workspace: string, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, "data", ...args], {
    env: { ...process.env, GRADUS_HOME: workspace },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on("data", (chunk) => {
    stderr += String(chunk);
  });
  await once(child, "close");
  return { code: child.exitCode, stdout, stderr };
}

test("a file goes in, is cleaned, published and comes out again", async () => {
  const home = temporaryFolder();
  const json = async (...args: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await data(home, ...args, "--json");
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  expect(await json("import", sumsFile(40), "--into", "sums")).toMatchObject({
    datasetId: "d1",
    added: 40,
    bad: 0,
  });
  expect(await json("verify", "sums", "--reject-wrong")).toMatchObject({
    correct: 36,
    wrong: 4,
    rejected: 4,
  });
  expect(await json("stats", "d1", "--filter", "status:rejected")).toMatchObject({ records: 4 });
  expect(await json("dedupe", "sums", "--dry-run")).toMatchObject({ exact: 0 });
  expect(await json("decontaminate", "sums", "--dry-run")).toMatchObject({ rejected: 0 });
  expect(
    await json("publish", "sums", "--filter", "-status:rejected", "--note", "first"),
  ).toMatchObject({
    ref: "d1@1",
    records: 36,
  });
  const out = join(temporaryFolder(), "out.jsonl");
  expect(await json("export", "d1@1", out)).toMatchObject({ records: 36 });
  expect(readFileSync(out, "utf8").trim().split("\n")).toHaveLength(36);
  expect(await json("undo", "sums")).toMatchObject({ label: "reject 4 records" });
  expect(await json("list")).toMatchObject([{ id: "d1", records: 40, latestVersion: 1 }]);
}, 120_000);

test("bad rows are named and end with 1, what cannot be meant with 2", async () => {
  const home = temporaryFolder();
  const path = fileOf("rows.jsonl", `${sumLine(1, 1)}\nnonsense\n`);
  const [bad] = [await data(home, "import", path)];
  expect(bad?.code).toBe(1);
  expect(bad?.stderr).toMatch(/row 2: is not JSON/);
  expect(bad?.stderr).toMatch(/Nothing was imported/);
  const missing = await data(home, "stats", "nope", "--json");
  expect([missing.code, JSON.parse(missing.stdout)]).toMatchObject([
    1,
    { error: { code: "NOT_FOUND" } },
  ]);
  const [filter, teacher] = [
    await data(home, "stats", "nope", "--filter", "colour:red"),
    await data(home, "generate", "--into", "x"),
  ];
  expect([filter.code, teacher.code]).toEqual([2, 2]);
  expect(filter.stderr).toContain('there is no field "colour"');
}, 120_000);
