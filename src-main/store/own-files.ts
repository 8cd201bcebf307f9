/**
 * A workspace is its owner's: completions, keys of windows and datasets are nobody else's on a shared machine.
 * Windows knows no such modes; there the user's profile keeps others out.
 */
import { chmodSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";

const OWNER_FOLDER = 0o700;
const OWNER_FILE = 0o600;
const OTHERS = 0o077;
/** What Gradus puts into a workspace: a folder that was chosen for one may hold other things. */
const OWN_FILE = /^(?:gradus\.sqlite|host\.|session\.json)/;
const OWN_FOLDERS: ReadonlySet<string> = new Set([
  "benchmarks",
  "browser",
  "cache",
  "crashes",
  "datasets",
  "models",
  "runs",
  "uploads",
  "versions",
]);

/** What this process, and those that it starts, write from now on is readable by its owner only. */
export function writeForOwnerOnly(): void {
  // A thread has its process's.
  if (isMainThread) process.umask(OTHERS);
}

/** Whether others may read or write it, as far as its mode says. */
export function isOpenToOthers(path: string): boolean {
  if (process.platform === "win32") return false;
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && (stats.mode & OTHERS) !== 0;
}

/**
 * Takes others' rights to a workspace and to what is Gradus's own in it. What belongs to somebody else, or lies where
 * modes are not kept, stays as it is.
 */
export function closeToOthers(workspace: string): void {
  if (!isOpenToOthers(workspace)) return;
  // Nobody comes in from here on; what follows is for files that are moved out or were opened before.
  close(workspace, OWNER_FOLDER);
  for (const entry of readdirSync(workspace, { withFileTypes: true })) {
    const path = join(workspace, entry.name);
    if (entry.isFile() && OWN_FILE.test(entry.name)) close(path, OWNER_FILE);
    else if (entry.isDirectory() && OWN_FOLDERS.has(entry.name)) closeFolder(path);
  }
}

function closeFolder(folder: string): void {
  close(folder, OWNER_FOLDER);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    // A link's mode is its target's, which may lie anywhere.
    if (entry.isDirectory()) close(path, OWNER_FOLDER);
    else if (entry.isFile()) close(path, OWNER_FILE);
  }
}

function close(path: string, mode: number): void {
  if (!isOpenToOthers(path)) return;
  try {
    // A program's file stays one.
    const runs = statSync(path).isFile() ? statSync(path).mode & 0o100 : 0;
    chmodSync(path, mode | runs);
  } catch {
    // `gradus doctor` says so of the workspace.
  }
}
