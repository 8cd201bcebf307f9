/** Processes that a killed host left, also such as were stopped and cannot end by themselves. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { endNoted, forgetChild, noteChild } from "#main/processes/orphans.ts";
import { temporaryFolder } from "../helpers/temporary-folder.ts";
import { POSIX, lacking } from "../helpers/need.ts";

test.skipIf(!POSIX.met)(
  `a stopped child that a host noted is ended by the next, and a stranger of that number is not${lacking(POSIX)}`,
  async () => {
    const folder = temporaryFolder();
    const notes = join(folder, "notes");
    const entry = join(folder, "some-process.mjs");
    writeFileSync(entry, "setInterval(() => undefined, 1000); process.stdout.write('up');");
    const child = spawn(process.execPath, [entry], { stdio: ["ignore", "pipe", "ignore"] });
    await once(child.stdout, "data");
    const exit = once(child, "exit");
    child.kill("SIGSTOP");
    noteChild(notes, child.pid ?? 0);
    noteChild(notes, process.pid);
    noteChild(notes, 1);
    forgetChild(notes, 1);
    expect(readdirSync(notes)).toHaveLength(2);
    endNoted(notes, entry);
    expect(await exit).toEqual([null, "SIGKILL"]);
    expect(readdirSync(notes)).toEqual([]);
    endNoted(join(folder, "none"), entry);
  },
);
