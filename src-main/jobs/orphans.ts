/** Engine processes that a killed host left behind. They end by themselves; this makes sure of it. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { basename } from "node:path";

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
