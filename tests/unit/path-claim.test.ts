/** A workspace's path is held for as long as its host runs, also where the folder is gone. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { claimPath } from "#main/store/path-claim.ts";
import { lockWorkspace, prepareWorkspace } from "#main/store/workspace.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { POSIX, ROOT_USER, lacking } from "../helpers/need.ts";

const MODULE = new URL("../../src-main/store/workspace.ts", import.meta.url).href;
const NOBODY = 65_534;

/** A host in a process of its own, that has the workspace until it is killed. */
async function hostAt(root: string) {
  const script = `import { lockWorkspace, prepareWorkspace } from ${JSON.stringify(MODULE)};
    lockWorkspace(prepareWorkspace(${JSON.stringify(root)}).root);
    console.log("has it");
    setInterval(() => undefined, 1000);`;
  const host = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => {
    host.kill("SIGKILL");
  });
  await once(host.stdout, "data");
  return host;
}

function open(root: string): void {
  lockWorkspace(prepareWorkspace(root).root).release();
}

test.skipIf(!POSIX.met).each([
  ["deleted", (root: string): void => rmSync(root, { recursive: true })],
  ["moved away", (root: string): void => renameSync(root, `${root} elsewhere`)],
])(
  `a workspace that was %s under its host opens again once that has ended${lacking(POSIX)}`,
  async (_how, act) => {
    const root = join(temporaryFolder(), "w");
    const host = await hostAt(root);
    act(root);
    const held = `Another Gradus (process ${host.pid}) still runs on the workspace that was at`;
    expect(() => {
      open(root);
    }).toThrow(held);
    // The refusal holds nothing either.
    expect(() => {
      open(root);
    }).toThrow(held);
    host.kill("SIGKILL");
    await once(host, "exit");
    open(root);
  },
);

test.skipIf(!POSIX.met)(`a path that was let go leaves nothing behind${lacking(POSIX)}`, () => {
  const parent = temporaryFolder();
  const root = temporaryFolder();
  const letGo = claimPath(root, parent);
  expect(() => claimPath(root, parent)).toThrow("still runs");
  const other = claimPath(temporaryFolder(), parent);
  letGo();
  claimPath(root, parent)();
  other();
  expect(readdirSync(join(parent, `gradus-${process.getuid?.()}`))).toEqual([]);
});

test.skipIf(!ROOT_USER.met)(
  `a folder of claims that another user made, or may write to, holds nobody up${lacking(ROOT_USER)}`,
  () => {
    const parent = temporaryFolder();
    chmodSync(parent, 0o777);
    const folder = join(parent, "gradus-0");
    spawnSync("mkdir", [folder], { uid: NOBODY });
    expect(existsSync(folder)).toBe(true);
    const root = temporaryFolder();
    claimPath(root, parent);
    claimPath(root, parent);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    chmodSync(folder, 0o777);
    claimPath(root, parent);
    expect(readdirSync(folder)).toEqual([]);
  },
);
