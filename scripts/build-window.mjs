/**
 * Builds the window (out/renderer) where its sources changed since the last build; `--force` builds
 * anyway. A stamp beside the output holds the hash of everything that goes in.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const STAMP = join(ROOT, "out", "renderer", ".sources");

function sourcesKey() {
  const files = globSync("{src-renderer,src-shared}/**/*.*", { cwd: ROOT }).sort();
  if (files.length < 2) throw new Error("no window sources found");
  const hash = createHash("sha256");
  for (const file of [...files, "package-lock.json"]) {
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(ROOT, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

const key = sourcesKey();
const upToDate = existsSync(STAMP) && readFileSync(STAMP, "utf8") === key;
if (!upToDate || process.argv.includes("--force")) {
  const { build } = await import("vite");
  const started = performance.now();
  console.error("Building the window …");
  await build({
    root: join(ROOT, "src-renderer"),
    configFile: join(ROOT, "src-renderer", "vite.config.ts"),
    logLevel: "warn",
  });
  writeFileSync(STAMP, key);
  console.error(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
