/**
 * Everything that must hold before a change lands: types, lint, format, architecture, unused code,
 * Vitest, Playwright. Prints what the parts print and ends with one line, `N passed, N failed`,
 * in which each check counts as one test. The checks run beside each other, and what they print is
 * shown one after the other; the parts with tests follow, one at a time.
 *
 *   npm test [PART…]      with no name: all parts
 *
 * GRADUS_TEST_AFTER: a named pipe; the tests begin once it was written and closed, and show its text.
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { discoverRuntime } from "../src-main/platform/tensorflow/discovery.ts";
import { dataFolder } from "../src-main/platform/paths.ts";
import { memoryFolder } from "./memory-folder.mjs";
import { findTestBrowser } from "./test-browser.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const REPORTS = join(ROOT, ".cache", "reports");

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {readonly string[]} [without] titles of the skipped tests, each with what the machine lacks
 */

/** The parts in the order they run, quick ones first. A part without `report` counts as one test. */
const PARTS = {
  types: { args: ["node_modules/typescript/bin/tsc", "-b"] },
  lint: { args: ["node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings"] },
  format: { args: ["node_modules/oxfmt/bin/oxfmt", "--check"], quietWhereItHolds: true },
  architecture: { args: ["scripts/check-architecture.mjs"] },
  knip: { args: ["node_modules/knip/bin/knip.js", "--treat-config-hints-as-errors"] },
  unit: vitest("fast"),
  slow: vitest("slow"),
  ui: {
    args: ["node_modules/@playwright/test/cli.js", "test", "--reporter=list,json"],
    report: { file: "ui.json", read: readPlaywright },
    env: { PLAYWRIGHT_JSON_OUTPUT_FILE: join(REPORTS, "ui.json") },
    browser: true,
  },
};

/** @param {"fast" | "slow"} project */
function vitest(project) {
  const file = `${project}.json`;
  return {
    args: [
      "node_modules/vitest/vitest.mjs",
      "run",
      `--project=${project}`,
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${join(REPORTS, file)}`,
    ],
    report: { file, read: readVitest },
  };
}

/** What a skipped test's title has before the words that say what to install. */
const SKIPPED = "(SKIPPED: ";
const NOT_RUN = new Set(["pending", "skipped", "todo", "disabled"]);

/**
 * A skipped test that does not say what it needs counts as failed: nobody could make it run.
 * @returns {Counts}
 */
export function readVitest(report) {
  // A file that fails to load has no test in it: it counts as one failed test.
  const broken = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  );
  /** @type {string[]} */
  const skipped = report.testResults.flatMap(
    (/** @type {{ assertionResults: { status: string, fullName: string }[] }} */ file) =>
      file.assertionResults
        .filter(({ status }) => NOT_RUN.has(status))
        .map(({ fullName }) => fullName),
  );
  const without = skipped.filter((title) => title.includes(SKIPPED));
  const unexplained = skipped.filter((title) => !title.includes(SKIPPED));
  for (const title of unexplained) console.error(`   skipped without a reason: ${title}`);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length + unexplained.length,
    skipped: without.length,
    without,
  };
}

/** @returns {Counts} */
export function readPlaywright(report) {
  const { expected, unexpected, flaky, skipped } = report.stats;
  return { passed: expected + flaky, failed: unexpected + report.errors.length, skipped };
}

/**
 * Adds a part's exit code to what its report counted: a part that failed in any way counts as failed.
 * @param {number} exitCode
 * @param {Counts | undefined} counts
 * @returns {Counts}
 */
export function outcome(exitCode, counts) {
  if (counts === undefined) {
    return exitCode === 0
      ? { passed: 1, failed: 0, skipped: 0 }
      : { passed: 0, failed: 1, skipped: 0 };
  }
  const silent = exitCode !== 0 && counts.failed === 0;
  const empty = counts.passed + counts.failed === 0;
  return silent || empty ? { ...counts, failed: 1 } : counts;
}

/** @param {string} name */
function printHeading(name) {
  console.log(`\n── ${name} ${"─".repeat(Math.max(1, 70 - name.length))}`);
}

/**
 * @param {string} name
 * @param {Counts} result
 * @param {number} ms
 */
function printEnd(name, result, ms) {
  const state = result.failed === 0 ? "ok" : "FAILED";
  console.log(`   ${name}: ${state} (${(ms / 1000).toFixed(1)} s)`);
}

/**
 * A check, started at once.
 * @param {string} name
 * @returns {Promise<() => Counts>} once it ended: prints what it said and gives its outcome
 */
function runCheck(name) {
  const { args, quietWhereItHolds } = PARTS[name];
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (output += text));
  return new Promise((resolve) => {
    child.on("close", (code) => {
      const ms = performance.now() - started;
      const result = outcome(code ?? 1, undefined);
      resolve(() => {
        printHeading(name);
        if (!(quietWhereItHolds && code === 0)) process.stdout.write(output);
        printEnd(name, result, ms);
        return result;
      });
    });
  });
}

/**
 * A part with tests, while it is shown.
 * @param {string} name
 * @param {import("./memory-folder.mjs").MemoryFolder} memory
 * @param {() => Promise<Record<string, string>>} browser
 */
async function runTests(name, memory, browser) {
  const part = PARTS[name];
  const started = performance.now();
  printHeading(name);
  const env = { ...process.env, ...part.env, ...memory.env };
  if (part.browser) {
    try {
      Object.assign(env, await browser());
    } catch (error) {
      console.error(error.message);
      return outcome(1, undefined);
    }
  }
  const [command, ...args] = memory.within([process.execPath, ...part.args]);
  const exitCode = await new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ["ignore", "inherit", "inherit"] });
    child.on("close", (code) => resolve(code ?? 1));
  });
  const result = outcome(exitCode, readReport(part.report));
  printEnd(name, result, performance.now() - started);
  return result;
}

function readReport({ file, read }) {
  try {
    return read(JSON.parse(readFileSync(join(REPORTS, file), "utf8")));
  } catch (error) {
    console.error(`   no report in ${file}: ${error.message}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

async function main() {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !(name in PARTS));
  if (unknown.length > 0) {
    console.error(`unknown part ${unknown.join(", ")}; there are ${Object.keys(PARTS).join(", ")}`);
    process.exit(2);
  }
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  // Tests give their hosts data folders of their own: they still share the fetched library.
  const { location } = await discoverRuntime({ dataFolder: dataFolder(), download: false });
  if (location !== null) process.env["GRADUS_TENSORFLOW"] = location.dir;
  const wanted = names.length > 0 ? names : Object.keys(PARTS);
  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const failed = [];
  /** @type {string[]} */
  const without = [];
  /**
   * @param {string} name
   * @param {Counts} result
   */
  const count = (name, result) => {
    if (result.failed > 0) failed.push(name);
    total.passed += result.passed;
    total.failed += result.failed;
    total.skipped += result.skipped;
    without.push(...(result.without ?? []));
  };
  const checks = wanted
    .filter((name) => PARTS[name].report === undefined)
    .map((name) => ({ name, ended: runCheck(name) }));
  // What the browser lacks is installed while the checks run.
  const found = wanted.some((name) => PARTS[name].browser)
    ? await findTestBrowser().then(
        (environment) => () => Promise.resolve(environment),
        (error) => () => Promise.reject(error),
      )
    : () => Promise.reject(new Error("no part has a browser"));
  for (const { name, ended } of checks) count(name, (await ended)());
  const tests = wanted.filter((name) => PARTS[name].report !== undefined);
  const after = process.env["GRADUS_TEST_AFTER"];
  if (tests.length > 0 && after !== undefined) process.stdout.write(readFileSync(after));
  const memory = memoryFolder();
  try {
    for (const name of tests) count(name, await runTests(name, memory, found));
  } finally {
    memory.remove();
  }
  if (without.length > 0) console.log("\nskipped, each with what it needs:");
  for (const title of without) console.log(`   ${title}`);
  if (failed.length > 0) console.log(`\nfailed parts: ${failed.join(", ")}`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
