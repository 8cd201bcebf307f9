/** Whether a file that is open still stands at its path: a workspace may be deleted under its host. */
import { statSync } from "node:fs";
import { AppError } from "#shared/errors.ts";

/** Gives a check that throws WORKSPACE_READ_ONLY once the path leads to no file or to another. */
export function sameFileCheck(file: string): () => void {
  const opened = statSync(file, { throwIfNoEntry: false });
  if (opened === undefined || process.platform === "win32") return () => undefined;
  return () => {
    const now = statSync(file, { throwIfNoEntry: false });
    if (now?.ino === opened.ino && now.dev === opened.dev) return;
    throw new AppError(
      "WORKSPACE_READ_ONLY",
      `The workspace is gone: ${file} was deleted, moved or replaced while Gradus was at work. What has come since is kept nowhere.`,
      "Put the folder back, or start Gradus anew with another.",
    );
  };
}
