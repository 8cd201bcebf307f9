import { spawnSync } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, openSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { explainWriteError } from "#main/platform/atomic-write.ts";
import { loadHubFolder, saveHubFolder } from "#main/core/formats/hub-layout.ts";
import { writeSafetensors, writeSafetensorsTo } from "#main/core/formats/safetensors.ts";
import { latestCheckpoint, writeTrainingCheckpoint } from "#main/engine/training/training-state.ts";
import { smallConfig, smallMoments, smallTensors } from "../helpers/small-checkpoint.ts";
import { MOUNTING } from "../helpers/small-disk.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { DEV_FULL, POSIX, lacking } from "../helpers/need.ts";

const place = temporaryFolder();
const disk = join(place, "disk");
mkdirSync(disk);

/** A real file system of 64 kB, where mounting is allowed (as root on Linux). */
const mounted =
  process.platform === "linux" &&
  spawnSync("/bin/mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).status === 0;

afterAll(() => {
  if (mounted) spawnSync("/bin/umount", [disk]);
  rmSync(place, { recursive: true, force: true });
});

const large = { shape: [32, 1024], data: new Float32Array(32 * 1024).fill(1) };

describe.skipIf(!mounted)(`on a full disk${lacking({ ...MOUNTING, met: mounted })}`, () => {
  test("a tensor file is refused with what to do, and no half of it is left", () => {
    expect(() => writeSafetensors(join(disk, "large.safetensors"), [["x", large]])).toThrow(
      expect.objectContaining({
        code: "DISK_FULL",
        message: expect.stringContaining("disk is full"),
        advice: expect.stringContaining("Free some space"),
      }),
    );
    expect(readdirSync(disk)).toEqual([]);
  });

  test("the old model and the last good checkpoint stay", () => {
    const model = join(disk, "model");
    const root = join(disk, "checkpoints");
    const checkpoint = (step: number): void => {
      writeTrainingCheckpoint(root, {
        state: {
          step,
          samplesSeen: 0,
          scheduler: {},
          random: {},
          data: {},
          stage: null,
          configHash: "",
        },
        model: { config: smallConfig, tensors: smallTensors(step) },
        optimizer: smallMoments(),
      });
    };
    saveHubFolder(model, { config: smallConfig, tensors: smallTensors(1) });
    checkpoint(1);
    // Fills what is left.
    const filler = openSync(join(disk, "filler"), "w");
    expect(() => writeSafetensorsTo(filler, [["x", large]])).toThrow(/ENOSPC/);
    closeSync(filler);
    const full = expect.objectContaining({ code: "DISK_FULL" });
    expect(() => saveHubFolder(model, { config: smallConfig, tensors: smallTensors(2) })).toThrow(
      full,
    );
    expect(() => checkpoint(2)).toThrow(full);
    expect(readdirSync(disk).sort()).toEqual(["checkpoints", "filler", "model"]);
    expect(readdirSync(root)).toEqual(["step-00000001"]);
    expect(latestCheckpoint(root)?.step).toBe(1);
    using old = loadHubFolder(model);
    expect(old.readTensor("model.embed_tokens.weight")[0]).toBe(1);
  });
});

test.skipIf(!DEV_FULL.met)(
  `a device without space is told from a mistake in the program${lacking(DEV_FULL)}`,
  () => {
    const fd = openSync("/dev/full", "w");
    let thrown: unknown;
    try {
      writeSafetensorsTo(fd, [["x", large]]);
    } catch (error) {
      thrown = error;
    }
    closeSync(fd);
    expect(explainWriteError(thrown, "/dev/full")).toMatchObject({ code: "DISK_FULL" });
    const mistake = new RangeError("mine");
    expect(explainWriteError(mistake, "x")).toBe(mistake);
  },
);

/** Runs as a user who does not own the folder: root may write everywhere. */
function asOrdinaryUser(act: () => void): void {
  const { seteuid, getuid } = process;
  const isRoot = getuid?.() === 0;
  if (isRoot) seteuid?.(65534);
  try {
    act();
  } finally {
    if (isRoot) seteuid?.(0);
  }
}

test.skipIf(!POSIX.met)(
  `a folder that may not be written is named, and stays as it was${lacking(POSIX)}`,
  () => {
    const folder = join(place, "read-only");
    mkdirSync(folder);
    saveHubFolder(join(folder, "model"), { config: smallConfig, tensors: smallTensors(1) });
    chmodSync(place, 0o755);
    chmodSync(folder, 0o555);
    asOrdinaryUser(() => {
      const refused = expect.objectContaining({
        code: "WORKSPACE_READ_ONLY",
        message: expect.stringContaining(folder),
        advice: expect.stringContaining("permissions"),
      });
      expect(() => writeSafetensors(join(folder, "x.safetensors"), [["x", large]])).toThrow(
        refused,
      );
      expect(() =>
        saveHubFolder(join(folder, "model"), { config: smallConfig, tensors: smallTensors(2) }),
      ).toThrow(refused);
      expect(() =>
        saveHubFolder(join(folder, "sub", "model"), {
          config: smallConfig,
          tensors: smallTensors(2),
        }),
      ).toThrow(refused);
      expect(readdirSync(folder)).toEqual(["model"]);
    });
    chmodSync(folder, 0o755);
    using old = loadHubFolder(join(folder, "model"));
    expect(old.readTensor("model.embed_tokens.weight")[0]).toBe(1);
  },
);
