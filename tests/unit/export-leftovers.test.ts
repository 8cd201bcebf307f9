/** What killed exports leave, and folders that cannot be put in the place of another. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { clearLeftovers, replaceFile, writeNewFolder } from "#main/platform/atomic-write.ts";
import { MOUNTING, smallDisk } from "../helpers/small-disk.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { lacking } from "../helpers/need.ts";

/** The id of a process that has ended. */
function goneId(): number {
  return spawnSync(process.execPath, ["--version"]).pid;
}

test("only what ended writes to the same place left is taken away", () => {
  const folder = temporaryFolder();
  const gone = goneId();
  const stay = [
    "a.jsonl",
    `b.jsonl.tmp-${gone}-1-abc`,
    `a.jsonl.tmp-${process.ppid}-1-abc`,
    `a.jsonl.tmp-of-mine`,
  ];
  for (const name of [...stay, `a.jsonl.tmp-${gone}-1-abc`]) writeFileSync(join(folder, name), "");
  mkdirSync(join(folder, `a.jsonl.tmp-${gone}-2-abc`));
  clearLeftovers(join(folder, "a.jsonl"));
  expect(readdirSync(folder).toSorted()).toEqual(stay.toSorted());
});

test("a file that is being written is no leftover, and one that fails leaves nothing", async () => {
  const folder = temporaryFolder();
  const file = join(folder, "a");
  await replaceFile(file, async (beside) => {
    writeFileSync(beside, "new");
    clearLeftovers(file);
    expect(existsSync(beside)).toBe(true);
    await Promise.resolve();
  });
  const failing = replaceFile(file, async (beside) => {
    writeFileSync(beside, "newer");
    await Promise.reject(new Error("no more"));
  });
  await expect(failing).rejects.toThrow("no more");
  expect(readdirSync(folder)).toEqual(["a"]);
});

test("a link to an empty folder stays a link, and the folder is filled", () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "real"));
  symlinkSync(join(folder, "real"), join(folder, "link"));
  writeNewFolder(join(folder, "link"), (inner) => {
    writeFileSync(join(inner, "a"), "");
  });
  expect(readdirSync(folder).toSorted()).toEqual(["link", "real"]);
  expect(readdirSync(join(folder, "real"))).toEqual(["a"]);
});

test.skipIf(!MOUNTING.met)(
  `an empty disk is filled from within, and cleared of what was left there${lacking(MOUNTING)}`,
  () => {
    const { folder } = smallDisk("1m");
    const name = folder.split("/").at(-1) ?? "";
    mkdirSync(join(folder, `${name}.tmp-${goneId()}-1-abc`));
    clearLeftovers(folder);
    expect(readdirSync(folder)).toEqual([]);
    writeNewFolder(folder, (inner) => {
      writeFileSync(join(inner, "a"), "");
    });
    expect(readdirSync(folder)).toEqual(["a"]);
  },
);
