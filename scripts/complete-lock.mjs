#!/usr/bin/env node
/**
 * Completes package-lock.json after `npm install`.
 *
 * Where a registry lacks the build of an optional package for some other platform, npm leaves its
 * entry out of the lock file and `npm ci` then refuses the file ("Missing: x from lock file"). This
 * adds the missing entries, with neither address nor hash: a machine of that platform fetches the
 * package, all others skip it.
 *
 * Plain JavaScript, for Node ≥ 20 without any package installed.
 */
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OS_NAMES = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const CPU_NAMES = [
  "arm",
  "arm64",
  "ia32",
  "loong64",
  "mips64el",
  "ppc64",
  "riscv64",
  "s390x",
  "x64",
];

/**
 * The `os`, `cpu` and `libc` fields that a platform package's name tells.
 * @param {string} name for example `@swc/core-linux-x64-musl`
 */
export function platformOf(name) {
  const words = name.split(/[-/._]/);
  const os =
    OS_NAMES.find((word) => words.includes(word)) ??
    (words.includes("windows") ? "win32" : undefined);
  const cpu =
    CPU_NAMES.find((word) => words.includes(word)) ??
    (words.includes("gnueabihf") ? "arm" : undefined);
  const libc = words.includes("musl")
    ? "musl"
    : words.includes("gnu") && os === "linux"
      ? "glibc"
      : undefined;
  return { ...(os && { os: [os] }), ...(cpu && { cpu: [cpu] }), ...(libc && { libc: [libc] }) };
}

/**
 * Adds the missing optional packages to a parsed lock file, in place.
 * @param {{ packages: Record<string, Record<string, unknown>> }} lock
 * @returns {string[]} the paths of the added entries
 */
export function completeLock(lock) {
  const present = new Set(
    Object.keys(lock.packages).map((path) => path.split("node_modules/").at(-1)),
  );
  const added = [];
  for (const entry of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(entry["optionalDependencies"] ?? {})) {
      if (present.has(name) || !/^\d/.test(version)) continue;
      const platform = platformOf(name);
      if (!platform.os) continue;
      const dev = entry["dev"] === true ? { dev: true } : {};
      lock.packages[`node_modules/${name}`] = { version, ...dev, optional: true, ...platform };
      present.add(name);
      added.push(`node_modules/${name}`);
    }
  }
  const [root, ...rest] = Object.entries(lock.packages);
  rest.sort(([a], [b]) => a.localeCompare(b, "en"));
  lock.packages = Object.fromEntries([root, ...rest]);
  return added;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const added = completeLock(lock);
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(
    added.length > 0
      ? `added to package-lock.json: ${added.join(", ")}`
      : "package-lock.json is complete",
  );
}
