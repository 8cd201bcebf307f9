/** Engine processes that a killed host left behind. They end by themselves; this makes sure of it. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

/**
 * Ends the process if it is alive and an engine of ours: a process id may have gone to a stranger.
 * Says whether it did.
 */
export function endOrphan(pid: number, entry: string): boolean {
  if (!commandOf(pid).includes(basename(entry))) return false;
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}

/** Notes a child beside others of its kind, in a folder of theirs, for the next host where this one is killed. */
export function noteChild(folder: string, pid: number): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, String(pid)), "");
  } catch {
    // Children end with their host by themselves: only one that is stopped (SIGSTOP) needs the note.
  }
}

export function forgetChild(folder: string, pid: number): void {
  rmSync(join(folder, String(pid)), { force: true });
}

/** Ends what a killed host noted and left. */
export function endNoted(folder: string, entry: string): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    endOrphan(Number(name), entry);
    rmSync(join(folder, name), { force: true });
  }
}

/** The command line of a process; empty where it is gone or cannot be read. */
function commandOf(pid: number): string {
  try {
    if (process.platform === "linux") return readFileSync(`/proc/${pid}/cmdline`, "utf8");
    if (process.platform === "win32") return "";
    return execFileSync("ps", ["-p", String(pid), "-o", "command="], { encoding: "utf8" });
  } catch {
    return "";
  }
}
