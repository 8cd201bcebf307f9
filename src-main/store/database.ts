/**
 * The workspace's database: SQLite in WAL mode, STRICT tables, foreign keys on, every commit synced
 * to disk before it counts as written (synchronous=FULL). One process writes: the host.
 */
import Database from "better-sqlite3";
import { AppError } from "#shared/errors.ts";
import { explainStoreError } from "./explain-error.ts";
import { ALL_MIGRATIONS } from "./migrations/all-migrations.ts";
import type { Migration } from "./migrations/migration.ts";

export type Connection = Database.Database;
export type Statement<Params extends unknown[], Row = unknown> = Database.Statement<Params, Row>;

/** Opens (and, unless read-only, creates and migrates) a database file. Throws AppError for a full disk, a read-only folder or a database from the future. */
export function openDatabase(
  file: string,
  options: { readonly readonly?: boolean } = {},
): Connection {
  const readonly = options.readonly === true;
  const db = withStoreErrors(() => new Database(file, { readonly, timeout: 5000 }));
  try {
    withStoreErrors(() => {
      db.pragma("foreign_keys = ON");
      if (!readonly) {
        db.pragma("journal_mode = WAL");
        db.pragma("synchronous = FULL");
      }
      migrate(db, ALL_MIGRATIONS, readonly);
    });
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

export function schemaVersion(db: Connection): number {
  return Number(db.pragma("user_version", { simple: true }));
}

/** Brings the schema up to the last of `migrations`, each in a transaction of its own; a new database in one. */
export function migrate(db: Connection, migrations: readonly Migration[], readonly = false): void {
  const newest = migrations.at(-1)?.version ?? 0;
  const found = schemaVersion(db);
  if (found > newest) {
    throw new AppError(
      "CONFLICT",
      `The workspace was written by a newer Gradus (schema ${found}, this one knows ${newest}).`,
      "Start the newer version, or choose another folder with --workspace.",
    );
  }
  if (readonly && found < newest) {
    throw new AppError(
      "CONFLICT",
      `The workspace is of an older Gradus (schema ${found}) and was opened for reading only.`,
      "Start the host once (`gradus serve`): it brings the workspace up to date.",
    );
  }
  const missing = migrations.filter(({ version }) => version > found);
  const apply = (): void => {
    for (const migration of missing) applyOne(db, migration);
  };
  // A new database comes to be at once: synced to disk once, not once a migration.
  if (found === 0) db.transaction(apply).immediate();
  else apply();
}

function applyOne(db: Connection, migration: Migration): void {
  for (const [name, work] of Object.entries(migration.functions ?? {}))
    db.function(name, { deterministic: true }, (text: string) => work(text));
  db.transaction(() => {
    db.exec(migration.sql);
    db.pragma(`user_version = ${migration.version}`);
  }).immediate();
}

/** Runs `work` and turns SQLite's complaints about the disk into errors that say what to do. */
export function withStoreErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof AppError ? error : (explainStoreError(error) ?? error);
  }
}
