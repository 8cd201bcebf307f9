/** What the host's process loads: none of what computes with tensors, which takes a second of each command. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { z } from "zod";
import { temporaryFolder } from "../helpers/temporary-folder.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const RECORDER = pathToFileURL(join(ROOT, "tests/helpers/record-modules.ts")).href;
const Served = z.object({ url: z.string() });
const TENSORS = /\/node_modules\/(@tensorflow|webgpu)\//;

/** Modules that the process and its threads loaded, once it has ended. One that serves is asked for its page, then ended. */
async function modulesOf(file: string, args: readonly string[]) {
  const folder = temporaryFolder();
  const child = spawn(process.execPath, [join(ROOT, file), ...args], {
    cwd: ROOT,
    env: {
      ...process.env,
      GRADUS_HOME: join(folder, "home"),
      NODE_OPTIONS: `--import=${RECORDER}`,
      RECORDED_MODULES: folder,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  for await (const line of createInterface({ input: child.stdout })) {
    const served = Served.safeParse(parseJson(line));
    if (!served.success) continue;
    await fetch(served.data.url);
    child.kill("SIGTERM");
  }
  const [code] = await exit;
  const modules = readFileSync(join(folder, String(child.pid)), "utf8")
    .trim()
    .split("\n");
  return { code, own: modules.filter((url) => url.includes("/src-main/")), modules };
}

function parseJson(line: string): unknown {
  return line.startsWith("{") ? JSON.parse(line) : undefined;
}

test.each([
  ["runs list", ["runs", "list"]],
  ["recipes check", ["recipes", "check", "assets/recipes/demo.yaml"]],
  ["serve, idle", ["serve", "--port", "0", "--json"]],
])("%s loads no module that computes with tensors", async (_name, args) => {
  const { code, own, modules } = await modulesOf("src-main/host/cli/main.ts", args);
  expect(code).toBe(0);
  expect(own.length).toBeGreaterThan(100);
  expect(modules.filter((url) => TENSORS.test(url))).toEqual([]);
});

test("the recorder sees them where they are loaded", async () => {
  const { modules } = await modulesOf("src-main/engine/runtime/tf.ts", []);
  expect(modules.filter((url) => TENSORS.test(url)).length).toBeGreaterThan(0);
});
