import type { Migration } from "./migration.ts";

/**
 * Imported benchmarks with their problems; costs that no run makes; prices as they were. An item's
 * problem is unique in its set, so that two benchmarks of it pair.
 */
export const compare: Migration = {
  version: 6,
  name: "compare",
  sql: `
CREATE TABLE benchmark_sets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  instruction TEXT NOT NULL,
  licence TEXT NOT NULL,
  source TEXT NOT NULL,
  sha256 TEXT NOT NULL UNIQUE,
  created_at_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE benchmark_items (
  set_id TEXT NOT NULL REFERENCES benchmark_sets(id) ON DELETE CASCADE,
  item_index INTEGER NOT NULL,
  problem TEXT NOT NULL,
  answer TEXT NOT NULL,
  difficulty INTEGER NOT NULL,
  PRIMARY KEY (set_id, item_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger_entries (
  id INTEGER PRIMARY KEY,
  time_ms REAL NOT NULL,
  kind TEXT NOT NULL,
  note TEXT NOT NULL,
  pipeline_id TEXT REFERENCES pipelines(id) ON DELETE SET NULL,
  quantity REAL NOT NULL,
  unit TEXT NOT NULL,
  usd_per_unit REAL NOT NULL,
  total_usd REAL NOT NULL,
  how TEXT NOT NULL
) STRICT;

-- Corrections are entries of their own: what was once written stays.
CREATE TRIGGER ledger_entries_are_final BEFORE UPDATE OF time_ms, kind, note, quantity, unit,
  usd_per_unit, total_usd, how ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'a ledger entry cannot be changed'); END;

CREATE TABLE price_changes (
  id INTEGER PRIMARY KEY,
  time_ms REAL NOT NULL,
  prices TEXT NOT NULL
) STRICT;
`,
};
