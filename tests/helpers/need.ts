import { existsSync } from "node:fs";

/** What a machine may lack, and the words that a test skipped for it carries in its title. `npm test` takes no other skipped test. */
export interface Need {
  readonly met: boolean;
  /** What to install, to set or to be, so that the test runs. */
  readonly how: string;
}

/** The end of a test's title: nothing where the need is met, else how to meet it. */
export function lacking({ met, how }: Need): string {
  return met ? "" : ` (SKIPPED: ${how})`;
}

export const LINUX: Need = { met: process.platform === "linux", how: "runs on Linux" };
export const POSIX: Need = { met: process.platform !== "win32", how: "runs on Linux and macOS" };
export const ROOT_USER: Need = {
  met: process.getuid?.() === 0,
  how: "runs as root on Linux or macOS",
};
/** Linux's device that answers every write with ENOSPC. */
export const DEV_FULL: Need = { met: existsSync("/dev/full"), how: "runs where /dev/full is" };
