import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { discoverRuntime } from "#main/platform/tensorflow/discovery.ts";
import { dataFolder } from "#main/platform/paths.ts";

const MAIN = fileURLToPath(new URL("../../src-main/host/cli/main.ts", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "gradus-smoke-"));
const workspace = join(folder, "workspace");

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const Document = z.object({
  status: z.string(),
  results: z.array(
    z.object({
      name: z.string(),
      pass1: z.number().min(0).max(1),
      ci: z.tuple([z.number(), z.number()]),
      n: z.int(),
      k: z.int(),
    }),
  ),
  cost: z.object({ totalUsd: z.number().positive(), cpuSeconds: z.number().positive() }),
  durationMs: z.number(),
});

/** The runtime that the rest of the tests use, whatever workspace a command is given. */
async function runtimeVariables(): Promise<Record<string, string>> {
  const { location } = await discoverRuntime({ dataFolder: dataFolder(), download: false });
  return location === null ? {} : { GRADUS_TENSORFLOW: location.dir };
}

async function gradus(...args: string[]): Promise<{ code: number | null; stdout: string }> {
  const child = spawn(process.execPath, [MAIN, ...args, "--workspace", workspace], {
    env: { ...process.env, ...(await runtimeVariables()) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.on("data", (chunk) => {
    stdout += String(chunk);
  });
  await once(child, "close");
  return { code: child.exitCode, stdout };
}

let outcome: { code: number | null; stdout: string } | undefined;

beforeAll(async () => {
  outcome = await gradus("demo", "--smoke", "--json", "--out", join(folder, "out"));
}, 600_000);

test("demo --smoke goes through every stage on the real engine and prints one document", () => {
  expect(outcome?.code).toBe(0);
  const document = Document.parse(JSON.parse(outcome?.stdout ?? ""));
  expect(document.status).toBe("finished");
  expect(document.results.map(({ name }) => name)).toEqual([
    "base",
    "cold-start",
    "grpo",
    "rejection-sampling",
    "student",
  ]);
  for (const { pass1, ci } of document.results) {
    expect(ci[0]).toBeLessThanOrEqual(pass1);
    expect(ci[1]).toBeGreaterThanOrEqual(pass1);
  }
});

test("demo --smoke proves the wiring in under three minutes", () => {
  const { durationMs } = Document.parse(JSON.parse(outcome?.stdout ?? ""));
  expect(durationMs).toBeLessThan(180_000);
});

test("the trained models lie in the output folder, complete in hub layout", () => {
  for (const stage of ["cold-start", "grpo", "rejection-sampling", "student"]) {
    for (const file of ["config.json", "model.safetensors", "tokenizer.json"]) {
      expect(existsSync(join(folder, "out", "models", stage, file))).toBe(true);
    }
  }
});

test("every completion of every GRPO step is kept: 3 steps of 64", async () => {
  const out = join(folder, "export");
  const { code } = await gradus("runs", "export", "p1", "--out", out);
  expect(code).toBe(0);
  const lines = readFileSync(join(out, "grpo", "rollouts.jsonl"), "utf8")
    .trim()
    .split("\n");
  const Line = z.object({ step: z.int(), group: z.int(), index: z.int() });
  const keys = lines.map((line) => {
    const { step, group, index } = Line.parse(JSON.parse(line));
    return `${step}/${group}/${index}`;
  });
  const expected = [1, 2, 3].flatMap((step) =>
    Array.from({ length: 8 }, (_, group) => group).flatMap((group) =>
      Array.from({ length: 8 }, (_, index) => `${step}/${group}/${index}`),
    ),
  );
  expect(keys).toEqual(expected);
});
