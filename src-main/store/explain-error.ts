/** What the system and SQLite say of files, in words that tell a user what to do. */
import { closeSync, openSync } from "node:fs";
import { AppError } from "#shared/errors.ts";
import { errorCode, explainFileError } from "#main/platform/explain-file-error.ts";

/** The error as a user's: undefined where it is none that a user can cause. */
export function explainError(error: unknown): AppError | undefined {
  if (error instanceof AppError) return error;
  return explainFileError(error) ?? explainStoreError(error);
}

/** Of the workspace's database and its files: what cannot be written is the workspace. */
export function explainStoreError(error: unknown): AppError | undefined {
  const code = errorCode(error);
  if (code === "ENOSPC" || code === "EDQUOT" || code === "SQLITE_FULL") {
    return new AppError(
      "DISK_FULL",
      "The disk that holds the workspace is full: nothing more can be written.",
      "Free some space or move the workspace, then resume the stopped runs: they go on from their last checkpoint.",
      { cause: error },
    );
  }
  if (code === "EMFILE" || code === "ENFILE" || (code === "SQLITE_CANTOPEN" && noFilesLeft())) {
    return tooManyFiles(error);
  }
  if (
    code === "EACCES" ||
    code === "EROFS" ||
    code === "EPERM" ||
    code.startsWith("SQLITE_CANTOPEN") ||
    code.startsWith("SQLITE_READONLY")
  ) {
    return new AppError(
      "WORKSPACE_READ_ONLY",
      "The workspace cannot be written.",
      "Make its folder writable, or choose another with --workspace or GRADUS_HOME.",
      { cause: error },
    );
  }
  if (code === "SQLITE_NOTADB" || code.startsWith("SQLITE_CORRUPT")) {
    return new AppError(
      "CONFLICT",
      "The workspace's database is damaged or is no Gradus database.",
      "Move gradus.sqlite away to begin anew, or restore it from a backup.",
      { cause: error },
    );
  }
  if (code.startsWith("SQLITE_IOERR")) {
    return new AppError(
      "WORKSPACE_READ_ONLY",
      "The disk that holds the workspace does not do what it is asked: its database can be neither read nor written.",
      "Check the disk and that the workspace is still there, then start Gradus again.",
      { cause: error },
    );
  }
  return explainFileError(error);
}

function tooManyFiles(cause: unknown): AppError {
  return new AppError(
    "CONFLICT",
    "Gradus may not open any more files.",
    "Raise the limit (`ulimit -n 1024`) and start it again.",
    { cause },
  );
}

/** Whether one more file can be opened; SQLite does not tell why it could not. */
function noFilesLeft(): boolean {
  try {
    closeSync(openSync(process.execPath, "r"));
    return false;
  } catch {
    return true;
  }
}
