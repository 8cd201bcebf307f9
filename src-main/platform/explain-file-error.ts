/** What the system says of files, in words that tell a user what to do. */
import { AppError } from "#shared/errors.ts";

const FILE_ERRORS: Readonly<Record<string, readonly [AppError["code"], string, string]>> = {
  ENOENT: ["NOT_FOUND", "is not there", "Check the path; a link may point to what is gone."],
  ENOTDIR: ["BAD_INPUT", "has a file where a folder should be", "Check the path."],
  EISDIR: ["BAD_INPUT", "is a folder", "Name a file."],
  EEXIST: ["CONFLICT", "is there already", "Name one that does not exist yet."],
  ENOTEMPTY: ["CONFLICT", "is not empty", "Name a new folder."],
  ENAMETOOLONG: ["BAD_INPUT", "is longer than the system's names may be", "Choose a shorter one."],
  ELOOP: ["BAD_INPUT", "is a link that leads back to itself", "Name the file itself."],
  EACCES: ["NOT_ALLOWED", "may not be opened", "Change its permissions, or name another."],
  EPERM: ["NOT_ALLOWED", "may not be changed", "Change its permissions, or name another."],
  EROFS: ["NOT_ALLOWED", "is on a disk that is read-only", "Name a place that can be written."],
  EIO: ["BAD_INPUT", "cannot be read: its disk fails", "Check the disk, or take a copy."],
  EBUSY: ["CONFLICT", "is in use", "End what uses it, and try again."],
  ENXIO: ["BAD_INPUT", "is no file that can be read", "Name a plain file."],
};

/** undefined where it is no failure of a file, or one that says nothing a user could act on. */
export function explainFileError(error: unknown): AppError | undefined {
  const code = errorCode(error);
  const known = FILE_ERRORS[code];
  if (known === undefined || !(error instanceof Error)) return undefined;
  const path = "path" in error ? shortened(String(error.path)) : "A file";
  const [kind, what, advice] = known;
  return new AppError(kind, `${path} ${what}.`, advice, { cause: error });
}

/** A path of thousands of characters says nothing more than its ends. */
function shortened(path: string): string {
  return path.length <= 300 ? path : `${path.slice(0, 140)}…${path.slice(-140)}`;
}

/** What the system calls the failure, e.g. ENOENT; empty where it is none. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}
