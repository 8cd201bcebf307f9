/** A workspace's database as an older version left it, with enough in it for its migrations to take a while. */
import Database from "better-sqlite3";
import { migrate } from "#main/store/database.ts";
import { ALL_MIGRATIONS } from "#main/store/migrations/all-migrations.ts";

/** Before metrics were summed up in blocks, recipes got their defaults written and conversations were compared whole. */
export const OLD_VERSION = 7;

/** @param size metric points; records are a twentieth, recipes a four-thousandth */
export function writeOldDatabase(file: string, size: number): void {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  migrate(
    db,
    ALL_MIGRATIONS.filter(({ version }) => version <= OLD_VERSION),
  );
  db.transaction(() => {
    writeRun(db, size);
    writeRecords(db, Math.ceil(size / 20));
    writeRecipes(db, Math.ceil(size / 4000));
  })();
  db.close();
}

const NUMBERS = (count: number): string =>
  `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})`;

function writeRun(db: Database.Database, points: number): void {
  insert(db, "pipelines", { id: "p1", number: 1, name: "old", status: "finished", recipe: RECIPE });
  insert(db, "runs", { id: "p1-sft", pipeline_id: "p1", status: "finished", config: STAGE });
  insert(db, "attempts", { run_id: "p1-sft", attempt: 1, started_at_ms: 1000, ended_at_ms: 4000 });
  db.exec(`INSERT INTO metric_series (id, run_id, name) VALUES (1, 'p1-sft', 'loss');
    ${NUMBERS(points)} INSERT INTO metric_points SELECT 1, i, 1.0 / i, i FROM n;`);
}

function writeRecords(db: Database.Database, records: number): void {
  insert(db, "datasets", { id: "d1", name: "old" });
  insert(db, "records", { dataset_id: "d1", id: 1, position: 1, presence: 0, revision: 1 });
  insert(db, "record_details", { record_id: 1, prompt: "the last question 1" });
  const turns = `json_array(json_object('role', 'user', 'content', 'the first question ' || i),
    json_object('role', 'assistant', 'content', 'an answer'),
    json_object('role', 'user', 'content', 'the last question ' || i),
    json_object('role', 'assistant', 'content', 'another'))`;
  insert(db, "revisions", { id: 1, record_id: 1, number: 1, checked_with: "1" });
  db.exec(`DROP TRIGGER revisions_are_immutable`);
  db.exec(`UPDATE revisions SET messages = (SELECT ${turns} FROM (SELECT 1 AS i))`);
  const trigger = ALL_MIGRATIONS.map(({ sql }) => sql)
    .join("\n")
    .match(/CREATE TRIGGER revisions_are_immutable[\s\S]*?END;/)?.[0];
  db.exec(trigger ?? "");
  multiply(db, "records", records, { id: "i", position: "i" });
  multiply(db, "record_details", records, { record_id: "i", prompt: "'the last question ' || i" });
  multiply(db, "revisions", records, { id: "i", record_id: "i", messages: turns });
}

function writeRecipes(db: Database.Database, recipes: number): void {
  insert(db, "recipes", { id: "r1", number: 1, name: "old", yaml: YAML, start_yaml: YAML });
  multiply(db, "recipes", recipes, { id: "'r' || i", number: "i", name: "'old ' || i" });
}

/** A row with these values, and something of the right type in every other column that must have one. */
function insert(
  db: Database.Database,
  table: string,
  values: Readonly<Record<string, string | number>>,
): void {
  const needed = columnsOf(db, table)
    .filter(({ name, notnull, dflt }) => notnull === 1 && dflt === null && !(name in values))
    .map(({ name, type }) => [name, type === "TEXT" ? "{}" : type === "BLOB" ? "" : 0] as const);
  const row: Record<string, string | number> = { ...Object.fromEntries(needed), ...values };
  const names = Object.keys(row);
  db.prepare(
    `INSERT INTO ${table} (${names.join(", ")}) VALUES (${names
      .map((name) => (isBlob(db, table, name) ? "x''" : `@${name}`))
      .join(", ")})`,
  ).run(row);
}

/** The one row that is there, so many times, with these columns made of i = 2, 3 … */
function multiply(
  db: Database.Database,
  table: string,
  count: number,
  changed: Readonly<Record<string, string>>,
): void {
  const names = columnsOf(db, table).map(({ name }) => name);
  const from = names.map((name) => changed[name] ?? `t.${name}`).join(", ");
  db.exec(`INSERT INTO ${table} (${names.join(", ")})
    ${NUMBERS(count)} SELECT ${from} FROM n, (SELECT * FROM ${table} LIMIT 1) t WHERE i > 1`);
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt: string | null;
}

function columnsOf(db: Database.Database, table: string): Column[] {
  return db
    .prepare<[string], Column>(
      `SELECT name, type, "notnull", dflt_value AS dflt FROM pragma_table_info(?)`,
    )
    .all(table);
}

function isBlob(db: Database.Database, table: string, name: string): boolean {
  return columnsOf(db, table).some((column) => column.name === name && column.type === "BLOB");
}

const STAGE = JSON.stringify({ name: "sft", kind: "sft", model: "base" });
const RECIPE = JSON.stringify({ name: "old", models: { base: "gradus-base" }, stages: [] });
const YAML = `name: old
models:
  base: gradus-base
stages:
  - name: sft
    kind: sft
    model: base
    data:
      source: { task: arithmetic, difficulties: [3] }
      examples: 8
`;
