/** A workspace on a machine with other users: what is in it, and its lock, are its owner's alone. */
import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { openStore } from "#main/store/store.ts";
import { lockWorkspace, prepareWorkspace } from "#main/store/workspace.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { ROOT_USER, lacking } from "../helpers/need.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NOBODY = 65_534;

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

/** Modes of all that lies in a folder, links not followed. */
function modesIn(folder: string): Set<string> {
  return new Set(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => !entry.isSymbolicLink())
      .map((entry) => {
        const kind = entry.isDirectory() ? "folder" : "file";
        return `${kind} ${modeOf(join(entry.parentPath, entry.name))}`;
      }),
  );
}

test("a new workspace and what is written into it are closed to others", () => {
  const { root, database, runs } = prepareWorkspace(join(temporaryFolder(), "w"));
  const lock = lockWorkspace(root);
  const store = openStore(database);
  writeFileSync(join(runs, "log.txt"), "text");
  mkdirSync(join(runs, "r-1"));
  expect(modeOf(root)).toBe("700");
  expect(modesIn(root)).toEqual(new Set(["folder 700", "file 600"]));
  store.close();
  lock.release();
});

test("a workspace of an older Gradus is closed when it is opened, and nothing else with it", () => {
  const parent = temporaryFolder();
  const root = join(parent, "w");
  const outside = join(parent, "weights.bin");
  writeFileSync(outside, "w");
  for (const folder of [root, join(root, "runs"), join(root, "models"), join(root, "photos")]) {
    mkdirSync(folder);
    chmodSync(folder, 0o755);
  }
  const files = ["gradus.sqlite-journal", "host.json", "runs/rollouts.jsonl", "photos/a.jpg"];
  for (const file of files) writeFileSync(join(root, file), "");
  for (const file of [...files.map((name) => join(root, name)), outside]) chmodSync(file, 0o644);
  symlinkSync(outside, join(root, "models", "weights.bin"));
  prepareWorkspace(root);
  expect(modeOf(root)).toBe("700");
  expect(modesIn(join(root, "runs"))).toEqual(new Set(["file 600"]));
  expect(modeOf(join(root, "host.json"))).toBe("600");
  expect(modeOf(outside)).toBe("644");
  expect(modeOf(join(root, "photos", "a.jpg"))).toBe("644");
});

test.skipIf(!ROOT_USER.met)(
  `another user cannot read it, nor hold its lock${lacking(ROOT_USER)}`,
  () => {
    const parent = temporaryFolder();
    chmodSync(parent, 0o755);
    const { root } = prepareWorkspace(join(parent, "w"));
    lockWorkspace(root).release();
    const file = JSON.stringify(join(root, "host.lock"));
    const { stdout } = spawnSync(
      process.execPath,
      ["--eval", `try { fs.openSync(${file}, "r"); } catch (error) { console.log(error.code); }`],
      { encoding: "utf8", uid: NOBODY, cwd: "/" },
    );
    expect(stdout.trim()).toBe("EACCES");
  },
);

test("a lock that no Gradus holds is told apart from another host", async () => {
  const { root } = prepareWorkspace(join(temporaryFolder(), "w"));
  lockWorkspace(root).release();
  const reader = spawn(
    process.execPath,
    [
      "--input-type=module",
      "--eval",
      `import Database from "better-sqlite3";
       const db = new Database(${JSON.stringify(join(root, "host.lock"))}, { readonly: true });
       db.exec("BEGIN; SELECT * FROM sqlite_master");
       console.log("reads");
       setInterval(() => db.open, 1000);`,
    ],
    { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] },
  );
  onTestFinished(() => {
    reader.kill();
  });
  await once(reader.stdout, "data");
  expect(() => lockWorkspace(root)).toThrow(/^A program holds the file .*host\.lock/u);
});
