import { z } from "zod";
import { listContent, problemContent } from "../problems/problem-content.ts";
import type { Migration } from "./migration.ts";

const Item = z.object({
  index: z.int(),
  problem: z.string(),
  answer: z.string(),
  difficulty: z.int(),
});

/** An item of an imported benchmark as a problem: held out, judged as mathematics. */
function problemOf({ index, problem, answer, difficulty }: z.infer<typeof Item>) {
  return {
    id: String(index + 1),
    messages: [{ role: "user" as const, content: problem }],
    gold: answer,
    verifier: { name: "maths", options: {} },
    solution: null,
    tags: [],
    difficulty,
    columns: {},
    split: "test" as const,
  };
}

/**
 * Imported benchmarks become problem sets: the name is the benchmark's id, its items are the first version's problems,
 * all of them held out. A version never changes. Pass rates are kept by a problem's content, so that they hold for
 * every version that has it.
 */
export const problemSets: Migration = {
  version: 20,
  name: "problem sets",
  functions: {
    gradus_problem_content: (item) => problemContent(problemOf(Item.parse(JSON.parse(item)))),
    gradus_list_content: (items) =>
      listContent(z.array(Item).parse(JSON.parse(items)).map(problemOf)),
  },
  sql: `
CREATE TABLE problem_sets (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  created_at_ms REAL NOT NULL
) STRICT;

CREATE TABLE problem_versions (
  id INTEGER PRIMARY KEY,
  set_id INTEGER NOT NULL REFERENCES problem_sets(id) ON DELETE CASCADE,
  version INTEGER NOT NULL CHECK (version >= 1),
  content_sha256 TEXT NOT NULL,
  instruction TEXT NOT NULL,
  licence TEXT NOT NULL,
  source TEXT NOT NULL,
  created_at_ms REAL NOT NULL,
  statistics TEXT NOT NULL,
  UNIQUE (set_id, version)
) STRICT;
CREATE INDEX problem_versions_by_content ON problem_versions(content_sha256);

-- What lists and filters look at. Texts lie apart: a pass over all problems reads none of them.
CREATE TABLE problems (
  id INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL REFERENCES problem_versions(id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  problem_id TEXT NOT NULL,
  content TEXT NOT NULL,
  verifier TEXT NOT NULL,
  difficulty INTEGER,
  split TEXT NOT NULL CHECK (split IN ('train', 'test')),
  UNIQUE (version_id, position),
  UNIQUE (version_id, problem_id)
) STRICT;

CREATE TABLE problem_texts (
  id INTEGER PRIMARY KEY REFERENCES problems(id) ON DELETE CASCADE,
  -- The last user's turn; messages: all turns, where there are more.
  prompt TEXT NOT NULL,
  messages TEXT,
  gold TEXT,
  options TEXT NOT NULL,
  solution TEXT,
  tags TEXT NOT NULL,
  columns TEXT NOT NULL
) STRICT;

CREATE TABLE problem_tags (
  version_id INTEGER NOT NULL REFERENCES problem_versions(id) ON DELETE CASCADE,
  tag TEXT NOT NULL,
  problem INTEGER NOT NULL,
  PRIMARY KEY (version_id, tag, problem)
) STRICT, WITHOUT ROWID;

CREATE TABLE problem_measurements (
  id INTEGER PRIMARY KEY,
  set_id INTEGER NOT NULL REFERENCES problem_sets(id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  model_key TEXT NOT NULL,
  model_name TEXT NOT NULL,
  run_id TEXT,
  measured_at_ms REAL NOT NULL
) STRICT;
CREATE INDEX problem_measurements_of_set ON problem_measurements(set_id, measured_at_ms);

CREATE TABLE problem_pass_rates (
  set_id INTEGER NOT NULL REFERENCES problem_sets(id) ON DELETE CASCADE,
  model_key TEXT NOT NULL,
  content TEXT NOT NULL,
  measurement_id INTEGER NOT NULL REFERENCES problem_measurements(id) ON DELETE CASCADE,
  samples INTEGER NOT NULL CHECK (samples > 0),
  correct INTEGER NOT NULL CHECK (correct BETWEEN 0 AND samples),
  PRIMARY KEY (set_id, model_key, content)
) STRICT, WITHOUT ROWID;
CREATE INDEX problem_pass_rates_of_measurement ON problem_pass_rates(measurement_id);

INSERT INTO problem_sets (name, title, created_at_ms)
  SELECT id, name, created_at_ms FROM benchmark_sets ORDER BY created_at_ms, id;

INSERT INTO problem_versions (set_id, version, content_sha256, instruction, licence, source, created_at_ms, statistics)
  SELECT s.id, 1,
    gradus_list_content((
      SELECT json_group_array(json_object(
        'index', i.item_index, 'problem', i.problem, 'answer', i.answer, 'difficulty', i.difficulty))
      FROM (SELECT * FROM benchmark_items WHERE set_id = b.id ORDER BY item_index) i)),
    b.instruction, b.licence, b.source, b.created_at_ms,
    (SELECT json_object('problems', count(*), 'splits', json_object('train', 0, 'test', count(*)),
      'verifiers', json_object('maths', count(*)), 'withoutGold', 0, 'withSolution', 0, 'conversations', 0,
      'goldRejected', NULL, 'nearDuplicates', NULL)
      FROM benchmark_items WHERE set_id = b.id)
  FROM benchmark_sets b JOIN problem_sets s ON s.name = b.id;

INSERT INTO problems (version_id, position, problem_id, content, verifier, difficulty, split)
  SELECT v.id, i.item_index, CAST(i.item_index + 1 AS TEXT),
    gradus_problem_content(json_object(
      'index', i.item_index, 'problem', i.problem, 'answer', i.answer, 'difficulty', i.difficulty)),
    'maths', i.difficulty, 'test'
  FROM benchmark_items i JOIN problem_sets s ON s.name = i.set_id JOIN problem_versions v ON v.set_id = s.id
  ORDER BY v.id, i.item_index;

INSERT INTO problem_texts (id, prompt, messages, gold, options, solution, tags, columns)
  SELECT p.id, i.problem, NULL, i.answer, '{}', NULL, '[]', '{}'
  FROM problems p JOIN problem_versions v ON v.id = p.version_id JOIN problem_sets s ON s.id = v.set_id
  JOIN benchmark_items i ON i.set_id = s.name AND i.item_index = p.position;

DROP TABLE benchmark_items;
DROP TABLE benchmark_sets;

CREATE TRIGGER problem_versions_are_immutable BEFORE UPDATE ON problem_versions
BEGIN SELECT RAISE(ABORT, 'a version of a problem set cannot be changed'); END;
CREATE TRIGGER problems_are_immutable BEFORE UPDATE ON problems
BEGIN SELECT RAISE(ABORT, 'a version of a problem set cannot be changed'); END;
CREATE TRIGGER problem_texts_are_immutable BEFORE UPDATE ON problem_texts
BEGIN SELECT RAISE(ABORT, 'a version of a problem set cannot be changed'); END;
`,
};
