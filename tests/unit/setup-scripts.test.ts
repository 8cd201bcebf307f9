import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { completeLock, platformOf } from "../../scripts/complete-lock.mjs";
import { applicationNode, installationKey, isInstalled } from "../../scripts/setup.mjs";
import { memoryFolder } from "../../scripts/memory-folder.mjs";
import { outcome, readPlaywright, readVitest } from "../../scripts/test.mjs";
import { lacking } from "../helpers/need.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
let dir = "";

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "gradus-setup-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe("the lock file", () => {
  const text = readFileSync(join(ROOT, "package-lock.json"), "utf8");

  test("lists every platform's optional packages, so that `npm ci` takes it everywhere", () => {
    expect(completeLock(JSON.parse(text))).toEqual([]);
  });

  test("names no registry", () => {
    expect(text).not.toContain('"resolved"');
  });

  test("gets a missing platform's package with its os and cpu and without a hash", () => {
    const lock = {
      packages: {
        "": {},
        "node_modules/tool": {
          optionalDependencies: { "@tool/linux-x64-musl": "1.2.3", "@tool/darwin-arm64": "1.2.3" },
        },
        "node_modules/@tool/darwin-arm64": { version: "1.2.3" },
      } as Record<string, Record<string, unknown>>,
    };
    expect(completeLock(lock)).toEqual(["node_modules/@tool/linux-x64-musl"]);
    expect(lock.packages["node_modules/@tool/linux-x64-musl"]).toEqual({
      version: "1.2.3",
      optional: true,
      os: ["linux"],
      cpu: ["x64"],
      libc: ["musl"],
    });
  });

  test.each([
    ["@swc/core-win32-arm64-msvc", { os: ["win32"], cpu: ["arm64"] }],
    ["lefthook-windows-x64", { os: ["win32"], cpu: ["x64"] }],
    ["@rolldown/binding-linux-arm-gnueabihf", { os: ["linux"], cpu: ["arm"] }],
    ["@oxlint/binding-linux-x64-gnu", { os: ["linux"], cpu: ["x64"], libc: ["glibc"] }],
  ])("the name %s tells its platform", (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });
});

describe("set-up", () => {
  test("an installation counts only with the lock file it was made from", () => {
    writeFileSync(join(dir, "package-lock.json"), "{}");
    expect(isInstalled(dir)).toBe(false);
    mkdirSync(join(dir, "node_modules"));
    writeFileSync(join(dir, "node_modules", ".gradus-stamp"), `${installationKey(dir)}\n`);
    expect(isInstalled(dir)).toBe(true);
    writeFileSync(join(dir, "package-lock.json"), '{"a":1}');
    expect(isInstalled(dir)).toBe(false);
  });

  test("an installation by npm itself counts where its record agrees with the lock file", () => {
    const packages = {
      "": {},
      "node_modules/a": { version: "1.0.0" },
      "node_modules/b-win32-x64": { version: "1.0.0", optional: true },
    };
    writeFileSync(join(dir, "package-lock.json"), JSON.stringify({ packages }));
    mkdirSync(join(dir, "node_modules"));
    const record = join(dir, "node_modules", ".package-lock.json");
    writeFileSync(record, JSON.stringify({ packages: { "node_modules/a": { version: "0.9.0" } } }));
    expect(isInstalled(dir)).toBe(false);
    writeFileSync(record, JSON.stringify({ packages: { "node_modules/a": { version: "1.0.0" } } }));
    expect(isInstalled(dir)).toBe(true);
  });

  test("the application's Node is 24 or later", () => {
    const node = applicationNode(ROOT);
    const { stdout } = spawnSync(String(node), ["-p", "process.versions.node.split('.')[0]"]);
    expect(Number(String(stdout))).toBeGreaterThanOrEqual(24);
  });

  test("where npm fails, the message says what to do and the exit code is 1", () => {
    mkdirSync(join(dir, "scripts"));
    cpSync(join(ROOT, "scripts", "setup.mjs"), join(dir, "scripts", "setup.mjs"));
    writeFileSync(join(dir, "package-lock.json"), "{}");
    const npm = join(dir, "npm.mjs");
    writeFileSync(npm, 'console.error("npm error network unreachable"); process.exit(1);');
    const result = spawnSync(process.execPath, [join(dir, "scripts", "setup.mjs")], {
      encoding: "utf8",
      env: { ...process.env, npm_execpath: npm, npm_node_execpath: process.execPath },
    });
    expect(result.status).toBe(1);
    expect(result.stdout).toBe("");
    expect(result.stderr).toContain("network unreachable");
    expect(result.stderr).toContain("Without network: connect once and run the same command again");
  });
});

describe("the launcher", () => {
  const launcher = join(ROOT, "scripts", "launch.mjs");

  /** Runs a small program below bench/'s rules: in the user's folder. */
  function launch(file: string, ...args: string[]): ReturnType<typeof spawnSync> {
    const env = { ...process.env, INIT_CWD: dir };
    return spawnSync(process.execPath, [launcher, file, ...args], { encoding: "utf8", env });
  }

  test("passes arguments and the exit code on, and prints nothing of its own on stdout", () => {
    const program = join(dir, "program.mjs");
    writeFileSync(program, "console.log(JSON.stringify(process.argv.slice(2))); process.exit(7);");
    const result = launch(`../${relativeToRoot(program)}`, "--json", "two words");
    expect(result.stdout).toBe('["--json","two words"]\n');
    expect(result.status).toBe(7);
  });

  test("without a file it prints its usage and exits 2", () => {
    const result = spawnSync(process.execPath, [launcher], { encoding: "utf8" });
    expect(result.status).toBe(2);
    expect(result.stderr).toContain("usage:");
  });

  /** From a folder beside the root's parent: join(ROOT, "../…") reaches it. */
  function relativeToRoot(path: string): string {
    const up = ROOT.split("/")
      .filter(Boolean)
      .slice(1)
      .map(() => "..");
    return [...up, path.slice(1)].join("/");
  }
});

test("a command has the folder in memory where there is one, its code comes through, and nothing is left of it", () => {
  const memory = memoryFolder();
  const folder = memory.env["TMPDIR"] ?? tmpdir();
  const write = 'const { tmpdir } = require("node:os"); console.log(tmpdir()); process.exit(7);';
  const [command = "", ...args] = memory.within([process.execPath, "-e", write]);
  const env = { ...process.env, ...memory.env };
  const { stdout, status } = spawnSync(command, args, { env, encoding: "utf8" });
  expect([stdout.trim(), status]).toEqual([folder, 7]);
  memory.remove();
  expect(existsSync(folder)).toBe(folder === tmpdir());
});

describe("the count at the end of npm test", () => {
  test("a check without a report counts as one test", () => {
    expect(outcome(0, undefined)).toEqual({ passed: 1, failed: 0, skipped: 0 });
    expect(outcome(2, undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test("a runner that fails without a failed test counts as failed", () => {
    expect(outcome(1, { passed: 3, failed: 0, skipped: 0 })).toMatchObject({ failed: 1 });
  });

  test("a runner that ran no test counts as failed", () => {
    expect(outcome(0, { passed: 0, failed: 0, skipped: 4 })).toMatchObject({ failed: 1 });
  });

  test("a Vitest file that does not load counts as one failed test", () => {
    const report = {
      numPassedTests: 2,
      numFailedTests: 1,
      testResults: [
        { status: "failed", assertionResults: [{ status: "failed" }] },
        { status: "failed", assertionResults: [] },
        { status: "passed", assertionResults: [{ status: "passed" }] },
      ],
    };
    expect(readVitest(report)).toMatchObject({ passed: 2, failed: 2, skipped: 0 });
  });

  test("a skipped test is listed with what it needs, and counts as failed where it does not say so", () => {
    const told = `compares with TRL${lacking({ met: false, how: "name a Python with trl" })}`;
    expect(told).toBe("compares with TRL (SKIPPED: name a Python with trl)");
    const skipped = (fullName: string) => ({
      numPassedTests: 1,
      numFailedTests: 0,
      testResults: [{ status: "passed", assertionResults: [{ status: "skipped", fullName }] }],
    });
    expect(readVitest(skipped(told))).toEqual({
      passed: 1,
      failed: 0,
      skipped: 1,
      without: [told],
    });
    expect(readVitest(skipped("some test"))).toMatchObject({ passed: 1, failed: 1, skipped: 0 });
  });

  test("Playwright's errors outside tests count as failed", () => {
    const report = { stats: { expected: 4, unexpected: 1, flaky: 1, skipped: 2 }, errors: [{}] };
    expect(readPlaywright(report)).toEqual({ passed: 5, failed: 2, skipped: 2 });
  });
});
