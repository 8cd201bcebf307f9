#!/usr/bin/env node
/**
 * Makes the checkout ready: the locked npm packages, and with them Node 24. Does nothing where the
 * last installation still fits the lock file and the platform (a stamp in node_modules says so).
 *
 * Plain JavaScript, for Node ≥ 20 without any package installed.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Node runs the TypeScript sources itself from this version on. */
const WANTED_NODE = 24;

/**
 * What an installation depends on.
 * @param {string} root
 */
export function installationKey(root) {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex");
}

const STAMP = join("node_modules", ".gradus-stamp");

/**
 * Whether node_modules fits the lock file: by our stamp, else by what npm itself wrote down about
 * the last installation (someone may have run `npm install`).
 * @param {string} root
 */
export function isInstalled(root) {
  const stamp = join(root, STAMP);
  const key = installationKey(root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8").trim() === key) return true;
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages ?? {};
  const present = JSON.parse(readFileSync(record, "utf8")).packages ?? {};
  const fits = Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === "" || (path in present ? present[path].version === version : optional === true),
  );
  if (fits) writeFileSync(stamp, `${key}\n`);
  return fits;
}

/**
 * The Node that runs the application: the one among the packages, else this one where it is new
 * enough, else undefined.
 * @param {string} root
 * @returns {string | undefined}
 */
export function applicationNode(root) {
  const os = process.platform === "win32" ? "win" : process.platform;
  const name = process.platform === "win32" ? "node.exe" : "node";
  const packaged = join(root, "node_modules", `node-${os}-${process.arch}`, "bin", name);
  if (existsSync(packaged)) return packaged;
  return Number(process.versions.node.split(".")[0]) >= WANTED_NODE ? process.execPath : undefined;
}

/**
 * Installs the locked packages with npm's own command line.
 * @param {string} root
 */
function install(root) {
  console.error("Installing packages (about 740 MB on disk, usually under a minute) …");
  // npm's own Node, not node_modules/.bin/node: `npm ci` deletes that one while it runs.
  const npmCli = process.env["npm_execpath"];
  const node = process.env["npm_node_execpath"] ?? process.execPath;
  const options = ["ci", "--ignore-scripts", "--loglevel=error", "--progress=true"];
  const [command, args] = npmCli ? [node, [npmCli, ...options]] : ["npm", options];
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", 2, "inherit"],
    shell: !npmCli && process.platform === "win32",
  });
  if (result.status === 0) {
    writeFileSync(join(root, STAMP), `${installationKey(root)}\n`);
    return;
  }
  console.error(`
The packages could not be installed (npm's message is above).
- Without network: connect once and run the same command again; afterwards Gradus works offline.
- Behind a proxy or with a registry of your own: npm's settings are honoured (npm config list).
Nothing but node_modules was touched.`);
  process.exit(1);
}

/**
 * Installs what is missing and returns the Node to go on with.
 * @param {string} root
 */
export function setUp(root) {
  if (Number(process.versions.node.split(".")[0]) < 20) {
    console.error(`Gradus needs Node 20 or later to start; this is ${process.version}.`);
    process.exit(1);
  }
  if (!isInstalled(root)) install(root);
  const node = applicationNode(root);
  if (node) return node;
  console.error(
    `Gradus runs on Node ${WANTED_NODE} or later, and there is no packaged one for ${process.platform}-${process.arch}.\n` +
      `This is ${process.version}: install Node ${WANTED_NODE} (nodejs.org, Homebrew, nvm …) and run the same command again.`,
  );
  return process.exit(1);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const node = setUp(ROOT);
  console.error(`Packages are in place; the application's Node: ${node}`);
}
