import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { openDatabase, withStoreErrors } from "#main/store/database.ts";
import { lockWorkspace, prepareWorkspace, readHolder } from "#main/store/workspace.ts";
import { AppError } from "#shared/errors.ts";
import { temporaryFolder } from "../helpers/store-fixture.ts";
import { DEV_FULL, lacking } from "../helpers/need.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

function errorOf(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("it was expected to fail");
}

/** Runs a module body in a Node process of its own; a user id drops root's right to write anywhere. */
function runInNode(body: string, uid?: number): { stdout: string; stderr: string } {
  const result = spawnSync(process.execPath, ["--input-type=module-typescript", "--eval", body], {
    cwd: ROOT,
    encoding: "utf8",
    ...(uid === undefined ? {} : { uid }),
  });
  return { stdout: result.stdout, stderr: result.stderr };
}

test("a second host is told which process has the workspace", () => {
  const { root } = prepareWorkspace(join(temporaryFolder(), "w"));
  const lock = lockWorkspace(root);
  expect(readHolder(root)?.pid).toBe(process.pid);
  const { stdout } = runInNode(`
    import { lockWorkspace } from "#main/store/workspace.ts";
    try { lockWorkspace(${JSON.stringify(root)}); } catch (error) { console.log(error.code, error.message); }
  `);
  expect(stdout).toContain("WORKSPACE_LOCKED");
  expect(stdout).toContain(`process ${process.pid}`);
  lock.release();
  expect(existsSync(join(root, "host.json"))).toBe(false);
});

test("the workspace of a killed host is free at once", () => {
  const { root } = prepareWorkspace(join(temporaryFolder(), "w"));
  runInNode(`
    import { lockWorkspace } from "#main/store/workspace.ts";
    lockWorkspace(${JSON.stringify(root)});
    process.kill(process.pid, "SIGKILL");
  `);
  expect(readHolder(root)?.pid).not.toBe(process.pid);
  const lock = lockWorkspace(root);
  expect(readHolder(root)?.pid).toBe(process.pid);
  lock.release();
});

test("a workspace that cannot be written says so and what to do", () => {
  const folder = temporaryFolder();
  const locked = join(folder, "locked");
  mkdirSync(locked);
  chmodSync(folder, 0o755);
  chmodSync(locked, 0o555);
  const body = `
    import { prepareWorkspace } from "#main/store/workspace.ts";
    try { prepareWorkspace(${JSON.stringify(join(locked, "w"))}); console.log("written"); }
    catch (error) { console.log(error.code, error.advice); }
  `;
  // Root may write everywhere: 65534 is "nobody".
  const { stdout } = runInNode(body, process.getuid?.() === 0 ? 65_534 : undefined);
  expect(stdout).toContain("WORKSPACE_READ_ONLY");
  expect(stdout).toContain("--workspace");
});

test("a database that cannot be written says so", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  openDatabase(file).close();
  const db = openDatabase(file, { readonly: true });
  const error = errorOf(() => withStoreErrors(() => db.exec("DELETE FROM settings")));
  expect(error.code).toBe("WORKSPACE_READ_ONLY");
  db.close();
});

test("a workspace path that is a file is refused", () => {
  const file = join(temporaryFolder(), "w");
  writeFileSync(file, "");
  expect(errorOf(() => prepareWorkspace(file)).code).toBe("BAD_INPUT");
  expect(errorOf(() => prepareWorkspace(join(file, "below"))).code).toBe("BAD_INPUT");
});

test("a full disk is named, and what was written before stays", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const db = openDatabase(file);
  db.prepare("INSERT INTO settings (name, value) VALUES ('before', '1')").run();
  // SQLite's own limit on the file's size takes the path that a full disk takes (SQLITE_FULL).
  db.pragma(`max_page_count = ${Number(db.pragma("page_count", { simple: true })) + 2}`);
  const error = errorOf(() =>
    withStoreErrors(() =>
      db.prepare("INSERT INTO settings (name, value) VALUES ('big', ?)").run("x".repeat(1_000_000)),
    ),
  );
  expect(error.code).toBe("DISK_FULL");
  expect(error.advice).toContain("resume");
  expect(db.prepare("SELECT name FROM settings").pluck().all()).toEqual(["before"]);
  db.close();
});

test.skipIf(!DEV_FULL.met)(
  `the operating system's word for a full disk is understood too${lacking(DEV_FULL)}`,
  () => {
    // Linux's /dev/full answers every write with ENOSPC.
    const error = errorOf(() =>
      withStoreErrors(() => {
        writeFileSync("/dev/full", "x");
      }),
    );
    expect(error.code).toBe("DISK_FULL");
  },
);

test("a file that is no database is refused and left as it is", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  writeFileSync(file, "not a database, but long enough to be looked at".repeat(50));
  expect(errorOf(() => openDatabase(file)).message).toContain("damaged");
});

test("a second connection reads what was committed while the writer goes on", () => {
  const file = join(temporaryFolder(), "gradus.sqlite");
  const writer = openDatabase(file);
  const reader = openDatabase(file, { readonly: true });
  writer.prepare("INSERT INTO settings (name, value) VALUES ('a', '1')").run();
  expect(reader.prepare("SELECT value FROM settings WHERE name = 'a'").pluck().get()).toBe("1");
  expect(writer.pragma("journal_mode", { simple: true })).toBe("wal");
  expect(writer.pragma("synchronous", { simple: true })).toBe(2);
  reader.close();
  writer.close();
});
