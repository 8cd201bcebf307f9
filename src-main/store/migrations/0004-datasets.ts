import type { Migration } from "./migration.ts";

/**
 * Datasets: records with immutable revisions, published versions, the journal of edits, review
 * times. `records` holds what filters and lists read and nothing wide, clustered by dataset and
 * position; texts are in `revisions`.
 */
export const datasets: Migration = {
  version: 4,
  name: "datasets",
  sql: `
CREATE TABLE datasets (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  created_at_ms REAL NOT NULL,
  changed_at_ms REAL NOT NULL,
  deleted_at_ms REAL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX dataset_names ON datasets (name) WHERE deleted_at_ms IS NULL;

-- presence: 0 there, 1 deleted, 2 staged by an import that has not ended. format: bits of FormatProblem.
-- content: 53 bits of the words. near_cluster: a number of its own, shared by near duplicates.
CREATE TABLE records (
  dataset_id TEXT NOT NULL REFERENCES datasets(id),
  position INTEGER NOT NULL,
  id INTEGER NOT NULL UNIQUE,
  presence INTEGER NOT NULL,
  status TEXT NOT NULL,
  revision INTEGER NOT NULL,
  source TEXT NOT NULL,
  task TEXT,
  difficulty INTEGER,
  verdict TEXT NOT NULL,
  format INTEGER NOT NULL,
  readability REAL,
  language REAL,
  repetition REAL NOT NULL,
  characters INTEGER NOT NULL,
  words INTEGER NOT NULL,
  reasoning_words INTEGER NOT NULL,
  content INTEGER NOT NULL,
  near_cluster INTEGER,
  similarity REAL,
  contamination TEXT,
  checked_with TEXT NOT NULL,
  PRIMARY KEY (dataset_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX records_by_status ON records (dataset_id, presence, status);
CREATE INDEX records_by_content ON records (dataset_id, content, presence, id);
CREATE INDEX records_by_cluster ON records (dataset_id, near_cluster, presence, id)
  WHERE near_cluster IS NOT NULL;

CREATE TABLE record_details (
  record_id INTEGER PRIMARY KEY REFERENCES records(id) ON DELETE CASCADE,
  prompt TEXT NOT NULL,
  metadata TEXT NOT NULL,
  source TEXT NOT NULL,
  reference TEXT NOT NULL
) STRICT;

-- fingerprint: the signature's bytes, then the bands as float64, little-endian.
CREATE TABLE revisions (
  id INTEGER PRIMARY KEY,
  record_id INTEGER NOT NULL REFERENCES records(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  parent INTEGER,
  author TEXT NOT NULL,
  created_at_ms REAL NOT NULL,
  messages TEXT NOT NULL,
  content INTEGER NOT NULL,
  fingerprint BLOB NOT NULL,
  facts TEXT NOT NULL,
  contamination TEXT,
  checked_with TEXT NOT NULL,
  UNIQUE (record_id, number)
) STRICT;

-- What a person or a model wrote is never overwritten: the database itself refuses.
CREATE TRIGGER revisions_are_immutable
BEFORE UPDATE OF record_id, number, parent, author, created_at_ms, messages ON revisions
BEGIN SELECT RAISE(ABORT, 'a revision cannot be changed'); END;

CREATE TABLE record_tags (
  dataset_id TEXT NOT NULL,
  tag TEXT NOT NULL,
  record_id INTEGER NOT NULL REFERENCES records(id) ON DELETE CASCADE,
  PRIMARY KEY (dataset_id, tag, record_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX tags_of_record ON record_tags (record_id, tag);

CREATE TABLE record_bands (
  dataset_id TEXT NOT NULL,
  band INTEGER NOT NULL,
  record_id INTEGER NOT NULL,
  PRIMARY KEY (dataset_id, band, record_id)
) STRICT, WITHOUT ROWID;

CREATE VIRTUAL TABLE records_text USING fts5(
  prompt, reasoning, answer,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE dataset_versions (
  dataset_id TEXT NOT NULL REFERENCES datasets(id),
  version INTEGER NOT NULL,
  note TEXT NOT NULL,
  published_at_ms REAL NOT NULL,
  sha256 TEXT NOT NULL,
  records INTEGER NOT NULL,
  filter TEXT NOT NULL,
  statistics TEXT NOT NULL,
  PRIMARY KEY (dataset_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE version_records (
  dataset_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  position INTEGER NOT NULL,
  record_id INTEGER NOT NULL REFERENCES records(id),
  revision INTEGER NOT NULL,
  PRIMARY KEY (dataset_id, version, position),
  FOREIGN KEY (dataset_id, version) REFERENCES dataset_versions(dataset_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_of_record ON version_records (record_id);

CREATE TRIGGER versions_are_immutable BEFORE UPDATE ON dataset_versions
BEGIN SELECT RAISE(ABORT, 'a published version cannot be changed'); END;
CREATE TRIGGER version_records_are_immutable BEFORE UPDATE ON version_records
BEGIN SELECT RAISE(ABORT, 'a published version cannot be changed'); END;

CREATE TABLE run_datasets (
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  dataset_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  FOREIGN KEY (dataset_id, version) REFERENCES dataset_versions(dataset_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX runs_of_version ON run_datasets (dataset_id, version);

-- touched: grows with every edit, undo and redo; the last one touched is the next to undo or redo.
CREATE TABLE edits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  scope TEXT NOT NULL,
  kind TEXT NOT NULL,
  label TEXT NOT NULL,
  time_ms REAL NOT NULL,
  state TEXT NOT NULL,
  touched INTEGER NOT NULL,
  key TEXT UNIQUE,
  forward TEXT NOT NULL,
  inverse TEXT NOT NULL
) STRICT;
CREATE INDEX edits_by_scope ON edits (scope, state, touched);
CREATE INDEX edits_by_state ON edits (state, touched);

-- active_ms: time since the same reviewer's event before, 0 where that was a pause.
CREATE TABLE review_events (
  id INTEGER PRIMARY KEY,
  dataset_id TEXT NOT NULL REFERENCES datasets(id),
  record_id INTEGER NOT NULL,
  reviewer TEXT NOT NULL,
  kind TEXT NOT NULL,
  time_ms REAL NOT NULL,
  active_ms REAL NOT NULL,
  session INTEGER NOT NULL
) STRICT;
CREATE INDEX review_events_by_reviewer ON review_events (dataset_id, reviewer, id);

-- A sitting of one reviewer: the human part of what a dataset cost, at the price of its time.
CREATE TABLE review_sessions (
  id INTEGER PRIMARY KEY,
  dataset_id TEXT NOT NULL REFERENCES datasets(id),
  reviewer TEXT NOT NULL,
  started_at_ms REAL NOT NULL,
  last_at_ms REAL NOT NULL,
  active_ms REAL NOT NULL,
  human_usd_per_hour REAL NOT NULL
) STRICT;
CREATE INDEX review_sessions_by_reviewer ON review_sessions (dataset_id, reviewer, last_at_ms);

CREATE TABLE generate_jobs (
  id TEXT PRIMARY KEY,
  dataset_id TEXT NOT NULL REFERENCES datasets(id),
  request TEXT NOT NULL,
  job TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE generate_samples (
  job_id TEXT NOT NULL REFERENCES generate_jobs(id) ON DELETE CASCADE,
  prompt_index INTEGER NOT NULL,
  sample_index INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  cost_usd REAL,
  record_id INTEGER,
  PRIMARY KEY (job_id, prompt_index, sample_index)
) STRICT, WITHOUT ROWID;
`,
};
