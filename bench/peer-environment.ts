/** The Python environment that the benchmark's peers run in: made once, kept in .cache/bench-venv. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Makes the environment where it is missing or its requirements changed.
 * @returns its Python
 */
export function preparePeer(): string {
  const venv = fileURLToPath(new URL("../.cache/bench-venv", import.meta.url));
  const requirements = fileURLToPath(new URL("./peer/requirements.txt", import.meta.url));
  const python =
    process.platform === "win32"
      ? join(venv, "Scripts", "python.exe")
      : join(venv, "bin", "python");
  const stamp = join(venv, "requirements.sha256");
  const key = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === key) return python;
  console.error(
    "Making the peer's Python environment (PyTorch and transformers) in .cache/bench-venv …",
  );
  rmSync(venv, { recursive: true, force: true });
  run("python3", ["-m", "venv", venv]);
  run(python, [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    // Python compiles what it imports, a small part of what these hold.
    "--no-compile",
    "-r",
    requirements,
  ]);
  writeFileSync(stamp, key);
  return python;
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", 2, "inherit"] });
  if (status === 0) return;
  console.error(
    `The peer's environment cannot be made: ${error?.message ?? `${command} ended with code ${status}`}.\n` +
      "It needs Python 3 with venv, and a network or wheels of the packages in bench/peer/requirements.txt.",
  );
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(preparePeer());
