import type { Migration } from "./migration.ts";

/**
 * Each start of a stage as a row of its own, with the engine's process id, so that a host that was
 * killed finds the engines it left behind, and pauses do not count as work. What a person has looked
 * at no longer asks for attention.
 */
export const attemptsAndAttention: Migration = {
  version: 2,
  name: "attempts and attention",
  sql: `
CREATE TABLE attempts (
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  attempt INTEGER NOT NULL,
  pid INTEGER,
  from_step INTEGER NOT NULL,
  started_at_ms REAL NOT NULL,
  ended_at_ms REAL,
  ended_as TEXT,
  PRIMARY KEY (run_id, attempt)
) STRICT, WITHOUT ROWID;

-- Of runs older than this table only the whole span is known: it becomes their one attempt.
INSERT INTO attempts (run_id, attempt, pid, from_step, started_at_ms, ended_at_ms, ended_as)
  SELECT id, max(attempts, 1), NULL, 0, started_at_ms, ended_at_ms, status
  FROM runs WHERE started_at_ms IS NOT NULL;

ALTER TABLE pipelines ADD COLUMN dismissed_at_ms REAL;
ALTER TABLE alarms ADD COLUMN dismissed_at_ms REAL;
CREATE INDEX open_alarms ON alarms (run_id) WHERE dismissed_at_ms IS NULL;
`,
};
