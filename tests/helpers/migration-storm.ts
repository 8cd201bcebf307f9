/**
 * A storm of kills while a host brings an old workspace up to date. Each migration is there whole or not at all, and
 * what the next host makes of the rest is what an uninterrupted one makes.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { migrate, schemaVersion } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";
import { Random } from "#main/platform/random.ts";
import { OLD_VERSION, writeOldDatabase } from "./old-workspace.ts";

const HOST = fileURLToPath(new URL("migration-host.ts", import.meta.url));

export interface MigrationStormReport {
  /** Kills by the version that the database then had. */
  readonly counts: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

export async function migrationStorm(
  folder: string,
  { kills, seed, size }: { readonly kills: number; readonly seed: number; readonly size: number },
): Promise<MigrationStormReport> {
  const old = join(folder, "old.sqlite");
  writeOldDatabase(old, size);
  const whole = uninterrupted(folder, old);
  const workspace = join(folder, "workspace");
  const file = join(workspace, "gradus.sqlite");
  const random = new Random(seed);
  const counts: Record<string, number> = {};
  const faults: string[] = [];
  const durationMs = await open(workspace, old);
  for (let number = 0, tries = 0; number < kills && tries < kills * 5; tries++) {
    if (!(await openAndKill(workspace, old, random.uniform() * durationMs))) continue;
    const found = contentOf(file);
    counts[`at version ${found.version}`] = (counts[`at version ${found.version}`] ?? 0) + 1;
    if (found.hash !== whole.get(found.version))
      faults.push(`${number}: version ${found.version} is not what it is without a kill`);
    const last = await openAgain(workspace);
    if (last !== 0) faults.push(`${number}: the next host ended with ${last}`);
    const after = contentOf(file);
    if (after.hash !== whole.get(after.version) || after.version !== newest())
      faults.push(`${number}: the next host came to something else`);
    number++;
  }
  return { counts, faults };
}

function newest(): number {
  return ALL_MIGRATIONS.at(-1)?.version ?? 0;
}

/** What the database holds at each version on the way. */
function uninterrupted(folder: string, old: string): Map<number, string> {
  const file = join(folder, "uninterrupted.sqlite");
  copyFileSync(old, file);
  const hashes = new Map<number, string>();
  for (let version = OLD_VERSION; version <= newest(); version++) {
    const db = new Database(file);
    db.pragma("foreign_keys = ON");
    migrate(
      db,
      ALL_MIGRATIONS.filter((migration) => migration.version <= version),
    );
    db.close();
    hashes.set(version, contentOf(file).hash);
  }
  return hashes;
}

/** The schema and every row of every table. Throws where SQLite finds the file damaged. */
function contentOf(file: string): { version: number; hash: string } {
  const db = new Database(file);
  const hash = createHash("sha256");
  const check = db.pragma("integrity_check", { simple: true });
  if (check !== "ok") throw new Error(`${file}: ${String(check)}`);
  const tables = db
    .prepare<[], { name: string; sql: string | null }>(
      "SELECT name, sql FROM sqlite_schema ORDER BY type, name",
    )
    .all();
  for (const { name, sql } of tables) hash.update(`${name}: ${sql ?? ""}\n`);
  for (const { name, sql } of tables.filter((one) => one.sql?.startsWith("CREATE TABLE") === true))
    for (const row of db.prepare(`SELECT * FROM "${name}"`).raw().iterate())
      hash.update(`${sql?.length ?? 0} ${JSON.stringify(row)}\n`);
  const version = schemaVersion(db);
  db.close();
  return { version, hash: hash.digest("hex") };
}

function begin(workspace: string, old: string): void {
  rmSync(workspace, { recursive: true, force: true });
  mkdirSync(workspace);
  copyFileSync(old, join(workspace, "gradus.sqlite"));
}

/** How long a host takes that nobody kills. */
async function open(workspace: string, old: string): Promise<number> {
  begin(workspace, old);
  const host = startHost(workspace);
  await host.line();
  const beganAtMs = performance.now();
  await host.line();
  const durationMs = performance.now() - beganAtMs;
  await host.gone;
  return durationMs;
}

/** Whether the host was killed before it was open. */
async function openAndKill(workspace: string, old: string, waitMs: number): Promise<boolean> {
  begin(workspace, old);
  const host = startHost(workspace);
  await host.line();
  let isOpen = false;
  void host.line().then((line) => {
    isOpen = line === "open";
  });
  await setTimeout(waitMs);
  host.child.kill("SIGKILL");
  await host.gone;
  await setTimeout(0);
  return !isOpen;
}

async function openAgain(workspace: string): Promise<number | null> {
  const { child, gone } = startHost(workspace);
  await gone;
  return child.exitCode;
}

function startHost(workspace: string) {
  const child = spawn(process.execPath, [HOST, workspace], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    gone,
    line: async (): Promise<string | undefined> => {
      const { value, done } = await lines.next();
      return done === true ? undefined : value;
    },
  };
}
