/** A real file system of a few megabytes, where mounting is allowed (as root on Linux). */
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./store-fixture.ts";

export interface SmallDisk {
  readonly folder: string;
  /** Leaves not a byte. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
}

export const CAN_MOUNT =
  process.platform === "linux" &&
  process.getuid?.() === 0 &&
  spawnSync("unshare", ["-m", "mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", "/mnt"]).status ===
    0;

/** Goes with the test. Only where CAN_MOUNT. */
export function smallDisk(size: string): SmallDisk {
  const folder = join(temporaryFolder(), "disk");
  mkdirSync(folder);
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
  if (mounted.status !== 0) throw new Error(mounted.stderr.toString());
  onTestFinished(() => {
    spawnSync("umount", ["-l", folder]);
  });
  const filler = join(folder, "filler");
  return {
    folder,
    fill() {
      const fd = openSync(filler, "a");
      let bytes = 1 << 20;
      while (bytes > 0) {
        try {
          writeSync(fd, Buffer.alloc(bytes, 1));
        } catch {
          bytes = Math.floor(bytes / 2);
        }
      }
      closeSync(fd);
    },
    free() {
      rmSync(filler, { force: true });
    },
  };
}
