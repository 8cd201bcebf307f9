/**
 * Packages the application for this platform with electron-builder (electron-builder.yml) into dist/.
 * Arguments are handed on: `npm run dist -- --dir` makes the unpacked application only. GRADUS_UPDATES_URL names the
 * folder on a web server in which later packages will stand: the application looks there for updates.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildApp } from "./build-app.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

await buildApp();
const builder = join(ROOT, "node_modules", "electron-builder", "cli.js");
const feed = process.env["GRADUS_UPDATES_URL"];
const updates =
  feed === undefined || feed === ""
    ? []
    : ["--config.publish.provider=generic", `--config.publish.url=${new URL(feed).href}`];
const args = [builder, "--publish", "never", ...updates, ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: "inherit" });
process.exitCode = status ?? 1;
