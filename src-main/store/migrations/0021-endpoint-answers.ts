import type { Migration } from "./migration.ts";

/**
 * What judges and teachers behind endpoints answered, so that nothing is asked and paid twice; what each request cost,
 * until it stands in the ledger; and how judges agreed with people.
 */
export const endpointAnswers: Migration = {
  version: 21,
  name: "endpoint answers",
  sql: `
CREATE TABLE endpoint_answers (
  -- SHA-256 of all that was asked.
  key TEXT PRIMARY KEY,
  answer TEXT NOT NULL,
  created_at_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Answers that cannot be used: a resume must find them again, another run asks anew.
CREATE TABLE endpoint_failures (
  run_id TEXT NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (run_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE endpoint_requests (
  id INTEGER PRIMARY KEY,
  -- null: outside of a run.
  run_id TEXT REFERENCES runs(id) ON DELETE CASCADE,
  -- A judge's name, or teacher.
  purpose TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  model TEXT NOT NULL,
  prompt_tokens INTEGER,
  completion_tokens INTEGER,
  -- null: no price, or no count of tokens.
  cost_usd REAL,
  -- What it might have cost, which counts towards the cap where the cost is not known.
  most_usd REAL NOT NULL,
  time_ms REAL NOT NULL,
  in_ledger INTEGER NOT NULL DEFAULT 0 CHECK (in_ledger IN (0, 1))
) STRICT;
CREATE INDEX endpoint_requests_of_run ON endpoint_requests(run_id, purpose);
CREATE INDEX endpoint_requests_to_charge ON endpoint_requests(run_id) WHERE in_ledger = 0;

-- Raised after the start; the recipe's own stands in the run's configuration.
CREATE TABLE run_caps (
  run_id TEXT PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
  cap_usd REAL NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE judge_agreements (
  id INTEGER PRIMARY KEY,
  -- SHA-256 of the rubric's text; where each problem has its own, the word own.
  rubric TEXT NOT NULL,
  model TEXT NOT NULL,
  result TEXT NOT NULL,
  measured_at_ms REAL NOT NULL
) STRICT;
CREATE INDEX judge_agreements_of ON judge_agreements(rubric, model, measured_at_ms);
`,
};
