/** A real file system of a few megabytes, where mounting is allowed (as root on Linux). */
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./store-fixture.ts";
import type { Need } from "./need.ts";

export interface SmallDisk {
  readonly folder: string;
  /** Leaves not a byte. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
}

export const MOUNTING: Need = {
  met: canMount(),
  how: "runs as root on Linux, where mounting is allowed",
};

function canMount(): boolean {
  if (process.platform !== "linux") return false;
  const folder = mkdtempSync(join(tmpdir(), "gradus-mount-"));
  const mounted = mount(folder, "64k");
  if (mounted) unmount(folder);
  rmSync(folder, { recursive: true, force: true });
  return mounted;
}

function mount(folder: string, size: string): boolean {
  const options = ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder];
  return spawnSync("/bin/mount", options).status === 0;
}

function unmount(folder: string): void {
  spawnSync("/bin/umount", ["-l", folder]);
}

/** Goes with the test. Only where MOUNTING is met. */
export function smallDisk(size: string): SmallDisk {
  const folder = join(temporaryFolder(), "disk");
  mkdirSync(folder);
  if (!mount(folder, size)) throw new Error(`a disk of ${size} could not be mounted`);
  onTestFinished(() => {
    unmount(folder);
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
