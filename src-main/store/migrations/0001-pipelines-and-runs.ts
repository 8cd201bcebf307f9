import type { Migration } from "./migration.ts";

/** Pipelines, their runs and everything a run leaves behind. */
export const pipelinesAndRuns: Migration = {
  version: 1,
  name: "pipelines and runs",
  sql: `
CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE pipelines (
  id TEXT PRIMARY KEY,
  number INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL,
  origin TEXT NOT NULL,
  recipe TEXT NOT NULL,
  recipe_yaml TEXT,
  recipe_sha256 TEXT NOT NULL,
  seed INTEGER NOT NULL,
  runtime TEXT NOT NULL,
  status TEXT NOT NULL,
  status_reason TEXT,
  created_at_ms REAL NOT NULL,
  started_at_ms REAL,
  ended_at_ms REAL
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  pipeline_id TEXT NOT NULL REFERENCES pipelines(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  stage_name TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  status_reason TEXT,
  created_at_ms REAL NOT NULL,
  started_at_ms REAL,
  ended_at_ms REAL,
  attempts INTEGER NOT NULL DEFAULT 0,
  last_step INTEGER NOT NULL DEFAULT 0,
  total_steps INTEGER,
  progress TEXT,
  last_heard_at_ms REAL,
  config TEXT NOT NULL,
  config_sha256 TEXT NOT NULL,
  seed INTEGER NOT NULL,
  environment TEXT NOT NULL,
  usage TEXT,
  warnings TEXT NOT NULL DEFAULT '[]',
  out_dir TEXT NOT NULL,
  output_model TEXT,
  output_dataset TEXT,
  output_records INTEGER,
  UNIQUE (pipeline_id, position)
) STRICT, WITHOUT ROWID;

-- A launch's snapshot of a stage is what later readers trust: the database itself refuses to change it.
CREATE TRIGGER runs_snapshot_is_immutable
BEFORE UPDATE OF config, config_sha256, seed, stage_name, kind, pipeline_id ON runs
BEGIN SELECT RAISE(ABORT, 'a run''s snapshot cannot be changed'); END;

CREATE TABLE run_parents (
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  parent_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  PRIMARY KEY (run_id, parent_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_series (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  UNIQUE (run_id, name)
) STRICT;

-- value is NULL where it was not finite.
CREATE TABLE metric_points (
  series_id INTEGER NOT NULL REFERENCES metric_series(id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  value REAL,
  time_ms REAL NOT NULL,
  PRIMARY KEY (series_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollout_groups (
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  group_index INTEGER NOT NULL,
  problem_id TEXT NOT NULL,
  difficulty INTEGER NOT NULL,
  prompt TEXT NOT NULL,
  PRIMARY KEY (run_id, step, group_index)
) STRICT, WITHOUT ROWID;

-- completion_ids: int32, logprobs: float32, little-endian.
CREATE TABLE rollouts (
  run_id TEXT NOT NULL,
  step INTEGER NOT NULL,
  group_index INTEGER NOT NULL,
  completion_index INTEGER NOT NULL,
  completion TEXT NOT NULL,
  completion_ids BLOB NOT NULL,
  logprobs BLOB NOT NULL,
  rewards TEXT NOT NULL,
  reward REAL NOT NULL,
  advantage REAL NOT NULL,
  correct INTEGER NOT NULL,
  finish_reason TEXT NOT NULL,
  PRIMARY KEY (run_id, step, group_index, completion_index),
  FOREIGN KEY (run_id, step, group_index)
    REFERENCES rollout_groups(run_id, step, group_index) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What lists of steps need, without reading the completions.
CREATE INDEX rollout_outcomes ON rollouts (run_id, step, group_index, reward, correct);

CREATE TABLE evaluation_problems (
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  problem_index INTEGER NOT NULL,
  problem_id TEXT NOT NULL,
  difficulty INTEGER NOT NULL,
  prompt TEXT NOT NULL,
  gold TEXT NOT NULL,
  PRIMARY KEY (run_id, problem_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluation_samples (
  run_id TEXT NOT NULL,
  problem_index INTEGER NOT NULL,
  sample_index INTEGER NOT NULL,
  completion TEXT NOT NULL,
  answer TEXT,
  correct INTEGER NOT NULL,
  finish_reason TEXT NOT NULL,
  tokens INTEGER NOT NULL,
  PRIMARY KEY (run_id, problem_index, sample_index),
  FOREIGN KEY (run_id, problem_index)
    REFERENCES evaluation_problems(run_id, problem_index) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluations (
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  summary TEXT NOT NULL,
  comparison TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  dir TEXT NOT NULL,
  bytes REAL NOT NULL,
  created_at_ms REAL NOT NULL,
  removed_at_ms REAL,
  usage TEXT NOT NULL,
  UNIQUE (run_id, step)
) STRICT;

CREATE TABLE alarms (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  step INTEGER NOT NULL,
  time_ms REAL NOT NULL,
  code TEXT NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL,
  advice TEXT NOT NULL
) STRICT;
CREATE INDEX alarms_of_run ON alarms (run_id);

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  time_ms REAL NOT NULL,
  kind TEXT NOT NULL,
  level TEXT NOT NULL,
  message TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_run ON events (run_id, id);

CREATE TABLE cost_entries (
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  time_ms REAL NOT NULL,
  usage TEXT NOT NULL,
  prices TEXT NOT NULL,
  compute_usd REAL NOT NULL,
  energy_usd REAL,
  total_usd REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE models (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  architecture TEXT NOT NULL,
  parameters INTEGER,
  bytes REAL NOT NULL,
  sha256 TEXT,
  created_at_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;
`,
};
