/**
 * Files and folders written beside their place, flushed to the disk and then renamed:
 * a reader sees the old one or the new one, never half of one. What fails leaves nothing behind; what is
 * killed leaves a name that says so (`NAME.tmp-…`), which the next write to the same place may take away.
 */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { AppError } from "#shared/errors.ts";
import { errorCode } from "./explain-file-error.ts";
import { makeFolder } from "./make-folder.ts";

let writes = 0;

/** Temporary names that this process is writing to. */
const active = new Set<string>();

const TEMPORARY = /^(.+)\.tmp-(\d+)-\d+-[0-9a-z]+$/;

/** A name beside `path` that no other write uses. */
function temporaryBeside(path: string): string {
  writes += 1;
  const name = `${basename(path)}.tmp-${process.pid}-${writes}-${Date.now().toString(36)}`;
  return join(dirname(path), name);
}

/** Whether a file or folder name is that of a write whose process ended before it did. */
export function isStaleTemporary(name: string): boolean {
  const pid = TEMPORARY.exec(name)?.[2];
  if (pid === undefined || active.has(name)) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return errorCode(error) === "ESRCH";
  }
}

/** The name that a temporary name was to take. */
export function targetOfTemporary(name: string): string {
  return TEMPORARY.exec(name)?.[1] ?? name;
}

/**
 * Takes away what killed writes to `path` left, beside it and in it, links followed. What stands under its own name
 * stays, and so does what lies where nobody may look or remove.
 */
export function clearLeftovers(path: string): void {
  const places = new Set([path, existsSync(path) ? realpathSync(path) : path]);
  for (const place of places) {
    for (const folder of [dirname(place), place]) {
      for (const name of namesIn(folder)) {
        if (targetOfTemporary(name) === basename(place) && isStaleTemporary(name))
          removeIfPossible(join(folder, name));
      }
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The write that follows says what is wrong with the place.
  }
}

/** The AppError that tells a user why writing failed, or the error itself where it is none of theirs. */
export function explainWriteError(error: unknown, path: string): unknown {
  switch (errorCode(error)) {
    case "ENOSPC":
    case "EDQUOT":
      return new AppError(
        "DISK_FULL",
        `The disk is full: ${path} could not be written.`,
        "Free some space or choose a workspace on another disk, then resume.",
        { cause: error },
      );
    case "EFBIG":
      return new AppError(
        "DISK_FULL",
        `${path} is larger than a file may be on this disk.`,
        "Choose a workspace on a disk with another file system (FAT allows 4 GB a file), or raise the file size limit.",
        { cause: error },
      );
    case "EROFS":
    case "EACCES":
    case "EPERM":
      return new AppError(
        "WORKSPACE_READ_ONLY",
        `${path} may not be written.`,
        "Choose a folder that you may write to, or change its permissions.",
        { cause: error },
      );
    default:
      return error;
  }
}

/** Writes all the bytes, however many calls that takes. */
export function writeFully(fd: number, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.byteLength)
    done += writeSync(fd, bytes, done, Math.min(bytes.byteLength - done, 1 << 30));
}

/** Calls `write` with an open file that takes `file`'s place once it is complete. */
export function writeFileAtomically(file: string, write: (fd: number) => void): void {
  const temporary = temporaryBeside(file);
  active.add(basename(temporary));
  try {
    makeFolder(dirname(file));
    const fd = openSync(temporary, "wx");
    try {
      write(fd);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, file);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw explainWriteError(error, file);
  } finally {
    active.delete(basename(temporary));
  }
}

/** As `writeFileAtomically`, for what takes its time: `write` makes the file that it is given the name of, and flushes it. */
export async function replaceFile(
  file: string,
  write: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = temporaryBeside(file);
  active.add(basename(temporary));
  try {
    await write(temporary);
    renameSync(temporary, file);
    syncFolder(dirname(file));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    active.delete(basename(temporary));
  }
}

export function writeTextAtomically(file: string, text: string): void {
  const bytes = new TextEncoder().encode(text);
  writeFileAtomically(file, (fd) => writeFully(fd, bytes));
}

/**
 * Calls `fill` with a new folder that takes `folder`'s place once it is filled. Where `folder` already
 * exists, it is moved aside for the moment of the exchange and then removed.
 */
export function writeFolderAtomically(folder: string, fill: (temporary: string) => void): void {
  const temporary = temporaryBeside(folder);
  active.add(basename(temporary));
  try {
    makeFolder(temporary);
    fill(temporary);
    syncFolder(temporary);
    if (existsSync(folder) && !isReplacedAtOnce(temporary, folder)) {
      const aside = temporaryBeside(folder);
      renameSync(folder, aside);
      try {
        renameSync(temporary, folder);
      } catch (error) {
        renameSync(aside, folder);
        throw error;
      }
      rmSync(aside, { recursive: true, force: true });
    } else if (existsSync(temporary)) {
      renameSync(temporary, folder);
    }
    syncFolder(dirname(folder));
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    throw explainWriteError(error, folder);
  } finally {
    active.delete(basename(temporary));
  }
}

/** Whether the system put the one in the place of the other, which it does where that is empty. */
function isReplacedAtOnce(temporary: string, folder: string): boolean {
  try {
    renameSync(temporary, folder);
    return true;
  } catch {
    return false;
  }
}

/**
 * Calls `fill` with a new folder that takes the place of nothing or of an empty one. An empty one that cannot be
 * replaced (a disk's own folder, or one in a folder that is not ours to write to) is filled from within.
 */
export function writeNewFolder(path: string, fill: (temporary: string) => void): void {
  const folder = existsSync(path) ? realpathSync(path) : path;
  if (!existsSync(folder) || isReplaceable(folder)) {
    writeFolderAtomically(folder, fill);
    return;
  }
  const inside = join(folder, basename(temporaryBeside(folder)));
  active.add(basename(inside));
  try {
    makeFolder(inside);
    fill(inside);
    for (const name of readdirSync(inside)) renameSync(join(inside, name), join(folder, name));
    syncFolder(folder);
  } catch (error) {
    throw explainWriteError(error, folder);
  } finally {
    rmSync(inside, { recursive: true, force: true });
    active.delete(basename(inside));
  }
}

function isReplaceable(folder: string): boolean {
  const parent = dirname(folder);
  if (statSync(folder).dev !== statSync(parent).dev) return false;
  try {
    accessSync(parent, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Flushes a folder's entries, on systems where a folder can be opened (not on Windows). */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const fd = openSync(folder, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
