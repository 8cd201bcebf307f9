import type { Migration } from "./migration.ts";

/** How often eight blocks of one level make one of the next; see metric-blocks.ts. */
const LEVELS = [1, 2, 3, 4, 5] as const;

function fillLevel(level: number): string {
  if (level === 1) {
    return `INSERT INTO metric_blocks
  SELECT series_id, 1, step >> 3, min(step), count(*), count(value), min(value), max(value), total(value)
  FROM metric_points GROUP BY series_id, step >> 3;`;
  }
  return `INSERT INTO metric_blocks
  SELECT series_id, ${level}, block >> 3, min(first_step), sum(points), sum(finite), min(low), max(high), total(sum)
  FROM metric_blocks WHERE level = ${level - 1} GROUP BY series_id, block >> 3;`;
}

/**
 * What the run screen needs to be quick and complete: metric points summed up in blocks, so that a chart of a million
 * points reads some thousands of rows; notes and tags of runs; what the trainer made of each sampled token, where it
 * was computed; and how a completion ended beside its reward, so that filters need not read the texts.
 */
export const cockpit: Migration = {
  version: 8,
  name: "cockpit",
  sql: `
-- Steps [block · 8^level, (block + 1) · 8^level) of a series. low, high and sum are of the finite values only.
CREATE TABLE metric_blocks (
  series_id INTEGER NOT NULL REFERENCES metric_series(id) ON DELETE CASCADE,
  level INTEGER NOT NULL,
  block INTEGER NOT NULL,
  first_step INTEGER NOT NULL,
  points INTEGER NOT NULL,
  finite INTEGER NOT NULL,
  low REAL,
  high REAL,
  sum REAL NOT NULL,
  PRIMARY KEY (series_id, level, block)
) STRICT, WITHOUT ROWID;
${LEVELS.map(fillLevel).join("\n")}

CREATE TABLE run_notes (
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  text TEXT NOT NULL,
  changed_at_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run_tags (
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;

-- float32, little-endian, one for each token of the completion; NULL where the trainer did not compute the completion.
ALTER TABLE rollouts ADD COLUMN trained_logprobs BLOB;
ALTER TABLE rollouts ADD COLUMN entropies BLOB;

DROP INDEX rollout_outcomes;
CREATE INDEX rollout_outcomes ON rollouts (run_id, step, group_index, reward, correct, finish_reason);
`,
};
