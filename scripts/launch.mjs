#!/usr/bin/env node
/**
 * How every npm script starts: installs what is missing, prepares what the script needs, then runs
 * a file on the application's Node with the given arguments, passing signals and the exit code on.
 *
 *   node scripts/launch.mjs [--with runtime,window] FILE [ARGUMENT…]
 *
 * `runtime` fetches TensorFlow's library where it is missing, `window` builds the window where its
 * sources changed. What preparation prints goes to stderr: stdout belongs to the script.
 *
 * Plain JavaScript, for Node ≥ 20 without any package installed.
 */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setUp } from "./setup.mjs";

const FILES_NEEDED = 40;
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PREPARATIONS = {
  runtime: "scripts/fetch-runtime.ts",
  window: "scripts/build-window.mjs",
  electron: "scripts/build-app.mjs",
};

const args = process.argv.slice(2);
const wanted = args[0] === "--with" ? args.splice(0, 2)[1].split(",") : [];
const [file, ...rest] = args;
/** What a command of the application needs that a fresh clone has not. */
const COMMAND_NEEDS = {
  app: ["runtime", "window"],
  serve: ["runtime", "window"],
  demo: ["runtime"],
  run: ["runtime"],
  model: ["runtime"],
  bench: ["runtime"],
  grpo: ["runtime"],
};
if (file === "src-main/host/cli/main.ts") wanted.push(...(COMMAND_NEEDS[rest[0]] ?? []));
// Electron's package brings its binary only where it could be fetched.
if (rest[0] === "app" && existsSync(join(ROOT, "node_modules", "electron", "dist"))) {
  wanted.push("electron");
}
if (!file) {
  console.error("usage: node scripts/launch.mjs [--with runtime,window] FILE [ARGUMENT…]");
  process.exit(2);
}

requireFiles();
const node = setUp(ROOT);
const env = { ...process.env };
const pathKey = Object.keys(env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
env[pathKey] = [join(node, ".."), join(ROOT, "node_modules", ".bin"), env[pathKey]].join(delimiter);
// Half of a small process's time would go to making JavaScript of the same TypeScript again, and to compiling it.
env["NODE_COMPILE_CACHE"] ??= join(ROOT, ".cache", "compile");

const needsHelpOnly = rest.includes("--help") || rest.includes("-h");
for (const name of needsHelpOnly ? [] : wanted) {
  const result = spawnSync(node, [join(ROOT, PREPARATIONS[name])], {
    cwd: ROOT,
    env,
    stdio: ["inherit", 2, "inherit"],
  });
  if (result.status !== 0)
    process.exit(result.status ?? 128 + (constants.signals[result.signal] ?? 0));
}

// Relative paths among the application's arguments mean the folder the user is in; tools want the root.
const isApplication = /^(src-main|bench)\//.test(file);
const cwd = isApplication ? (process.env["INIT_CWD"] ?? process.cwd()) : ROOT;
const child = spawn(node, [join(ROOT, file), ...rest], { cwd, env, stdio: "inherit" });
// A terminal sends Ctrl+C to the whole group: the child decides what it means.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));
// npm and its shell do not pass SIGTERM on: when they are gone, whoever started us wants us gone too.
if (process.env["npm_lifecycle_event"]) {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, 1000);
}
child.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  process.exit(code ?? 128 + (constants.signals[signal] ?? 0));
});

/** Node itself ends in a crash where it may open too few files: said before it is started. */
function requireFiles() {
  const opened = [];
  try {
    while (opened.length < FILES_NEEDED) opened.push(openSync(process.execPath, "r"));
  } catch {
    console.error(
      `Gradus may open only ${opened.length} more files, and needs ${FILES_NEEDED}. Raise the limit (ulimit -n 1024) and start it again.`,
    );
    process.exit(1);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}
