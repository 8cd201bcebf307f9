/**
 * Packages the application for this platform with electron-builder (electron-builder.yml) into dist/.
 * Arguments are handed on: `npm run dist -- --dir` makes the unpacked application only.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildApp } from "./build-app.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

await buildApp();
const builder = join(ROOT, "node_modules", "electron-builder", "cli.js");
const args = [builder, "--publish", "never", ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
process.exitCode = status ?? 1;
