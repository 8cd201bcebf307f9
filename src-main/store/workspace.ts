/**
 * The workspace: one folder with the database, the runs' files and imported models. One host owns it
 * at a time. Ownership is a lock that the operating system drops with the process, so a killed host
 * leaves nothing to clean up; host.json beside it says who holds it and where it listens. The path is held as well
 * (path-claim.ts): the folder may be deleted under its host.
 */
import { lstatSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import Database from "better-sqlite3";
import { z } from "zod";
import { makeFolder } from "#main/platform/make-folder.ts";
import { AppError } from "#shared/errors.ts";
import { withStoreErrors } from "./database.ts";
import { closeToOthers, writeForOwnerOnly } from "./own-files.ts";
import { claimPath } from "./path-claim.ts";

const Holder = z.object({
  pid: z.int(),
  startedAtMs: z.number(),
  /** Where it listens, with its token; readable by the owner only. */
  url: z.string().nullable(),
});
export type Holder = z.infer<typeof Holder>;

export interface WorkspacePaths {
  readonly root: string;
  readonly database: string;
  readonly runs: string;
  readonly models: string;
  /** Texts of rewards that runs and recipes keep, by hash. */
  readonly rewards: string;
  readonly cache: string;
  readonly crashes: string;
}

export function workspacePaths(root: string): WorkspacePaths {
  const absolute = resolve(root);
  return {
    root: absolute,
    database: join(absolute, "gradus.sqlite"),
    runs: join(absolute, "runs"),
    models: join(absolute, "models"),
    rewards: join(absolute, "rewards"),
    cache: join(absolute, "cache"),
    crashes: join(absolute, "crashes"),
  };
}

export interface WorkspaceLock {
  /** Tells others where this host listens. */
  announce(url: string | null): void;
  release(): void;
}

/** Makes the folders, closed to other users of the machine. Throws WORKSPACE_READ_ONLY, DISK_FULL or BAD_INPUT (the path is a file). */
export function prepareWorkspace(root: string): WorkspacePaths {
  const paths = workspacePaths(root);
  writeForOwnerOnly();
  withStoreErrors(() => {
    try {
      for (const folder of [paths.root, paths.runs, paths.models, paths.cache]) {
        makeFolder(folder);
      }
    } catch (error) {
      const why = whyNoFolder(paths.root, error);
      if (why !== undefined) {
        throw new AppError("BAD_INPUT", why, "Choose a folder with --workspace or GRADUS_HOME.", {
          cause: error,
        });
      }
      throw error;
    }
    closeToOthers(paths.root);
  });
  return paths;
}

/** Takes the workspace for this process. Throws WORKSPACE_LOCKED naming the process that holds it. */
export function lockWorkspace(root: string): WorkspaceLock {
  const holderFile = join(root, "host.json");
  const lock = withStoreErrors(() => new Database(join(root, "host.lock"), { timeout: 200 }));
  try {
    // Held open for the process's life: SQLite's exclusive transaction is a lock of the operating system.
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (!(error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY"))) {
      return withStoreErrors(() => {
        throw error;
      });
    }
    const holder = readHolder(root);
    if (holder === undefined || !isAlive(holder.pid)) {
      throw new AppError(
        "WORKSPACE_LOCKED",
        `A program holds the file ${join(root, "host.lock")}, and no Gradus says that it has the workspace open.`,
        "End that program (`lsof` or `fuser` names it), or choose another folder with --workspace.",
        { cause: error },
      );
    }
    throw new AppError(
      "WORKSPACE_LOCKED",
      `Another Gradus (process ${holder.pid}) has the workspace ${root} open.`,
      "Use that one, end it, or choose another folder with --workspace.",
      { cause: error },
    );
  }
  const letPathGo = claimed(root, lock);
  const startedAtMs = Date.now();
  const announce = (url: string | null): void => {
    const holder: Holder = { pid: process.pid, startedAtMs, url };
    withStoreErrors(() => {
      // The mode counts only where the file is made: an old one may have been readable by others.
      rmSync(holderFile, { force: true });
      writeFileSync(holderFile, JSON.stringify(holder), { mode: 0o600 });
    });
  };
  announce(null);
  return {
    announce,
    release() {
      if (!lock.open) return;
      // Where the folder was deleted and made again, another host may stand there.
      const holder = readHolder(root);
      const ours = holder?.pid === process.pid && holder.startedAtMs === startedAtMs;
      if (ours) rmSync(holderFile, { force: true });
      letPathGo();
      lock.exec("ROLLBACK");
      lock.close();
    },
  };
}

/** The path for this process too, or the lock is given back. */
function claimed(root: string, lock: Database.Database): () => void {
  try {
    return claimPath(root);
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Who holds the workspace, as far as host.json says; undefined where nobody does or it cannot be read. */
export function readHolder(root: string): Holder | undefined {
  try {
    return Holder.parse(JSON.parse(readFileSync(join(root, "host.json"), "utf8")));
  } catch {
    return undefined;
  }
}

/** Whether the process is there, whoever's it is. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function whyNoFolder(root: string, error: unknown): string | undefined {
  if (!(error instanceof Error && /\b(ENOTDIR|EEXIST|ENOENT)\b/.test(error.message)))
    return undefined;
  // Below a file nothing can be looked at either.
  if (error.message.startsWith("ENOTDIR")) return `${root} is not a folder.`;
  if (isDanglingLink(root)) return `${root} is a link to what is not there.`;
  if (error.message.startsWith("ENOENT")) return `No folder can be made at ${root}.`;
  return `${root} is not a folder.`;
}

function isDanglingLink(path: string): boolean {
  return (
    lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true &&
    statSync(path, { throwIfNoEntry: false }) === undefined
  );
}
