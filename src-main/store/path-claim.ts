/**
 * A second lock on a workspace, of its path and kept outside it: where the folder is deleted or moved under its host,
 * the lock within goes with it, and another host could take the path. It lies in a folder of this user in the system's
 * folder for temporary files; where that is not this user's alone, there is none: others cannot hold anybody up.
 */
import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";

const Claim = z.object({ pid: z.int(), path: z.string() });
const OTHERS = 0o077;

/** Gives what lets the path go. Throws WORKSPACE_LOCKED naming the process that still has what was there before. */
export function claimPath(root: string, parent: string = tmpdir()): () => void {
  const folder = claimsFolder(parent);
  if (folder === undefined) return () => undefined;
  const path = realpathSync(root);
  const file = join(folder, createHash("sha256").update(path).digest("hex").slice(0, 32));
  const note = `${file}.json`;
  let lock: Database.Database | undefined;
  try {
    // The system drops it with the process, however that ends: a file that is left holds nothing.
    lock = new Database(file, { timeout: 200 });
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
    const claim: z.infer<typeof Claim> = { pid: process.pid, path };
    rmSync(note, { force: true });
    writeFileSync(note, JSON.stringify(claim), { mode: 0o600 });
  } catch (error) {
    const isHeld = error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY");
    lock?.close();
    if (isHeld) throw heldError(path, holderOf(note), error);
    // A second safeguard: a full disk for temporary files is no reason to refuse a workspace.
    return () => undefined;
  }
  const held = lock;
  return () => {
    rmSync(note, { force: true });
    rmSync(file, { force: true });
    held.close();
  };
}

/** This user's own folder, closed to others; undefined where there is none to trust. */
function claimsFolder(parent: string): string | undefined {
  const uid = process.getuid?.();
  // On Windows a folder that is in use cannot be deleted or moved.
  if (uid === undefined) return undefined;
  const folder = join(parent, `gradus-${uid}`);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // It is there, or what is there is found out now.
  }
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  const isOurs = stats?.isDirectory() === true && stats.uid === uid && (stats.mode & OTHERS) === 0;
  return isOurs ? folder : undefined;
}

function holderOf(note: string): number | undefined {
  try {
    return Claim.parse(JSON.parse(readFileSync(note, "utf8"))).pid;
  } catch {
    return undefined;
  }
}

function heldError(path: string, pid: number | undefined, cause: unknown): AppError {
  const who = pid === undefined ? "Another Gradus" : `Another Gradus (process ${pid})`;
  const end = pid === undefined ? "End it" : `End it (\`kill ${pid}\`)`;
  return new AppError(
    "WORKSPACE_LOCKED",
    `${who} still runs on the workspace that was at ${path} before it was deleted or moved away.`,
    `${end} and start again, or choose another folder with --workspace.`,
    { cause },
  );
}
