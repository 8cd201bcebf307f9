import type { Migration } from "./migration.ts";

/**
 * Texts of one and two characters have an index of their own, of single characters and pairs, and what is asked beside a
 * text stands in a narrow table under the id that the indexes have. What was indexed before is indexed again.
 */
export const shortTexts: Migration = {
  version: 19,
  name: "short texts",
  sql: `
DROP TRIGGER rollout_group_unindexed;
DROP TABLE rollout_texts;
DROP TABLE rollout_prompts;
INSERT INTO rollout_unindexed SELECT run_id, step, group_index FROM rollout_text_groups;
DELETE FROM rollout_text_groups;

CREATE VIRTUAL TABLE rollout_texts USING fts5(
  text, content='', contentless_delete=1, tokenize='trigram case_sensitive 1');
CREATE VIRTUAL TABLE rollout_prompts USING fts5(
  text, content='', contentless_delete=1, tokenize='trigram case_sensitive 1');

-- Which characters and pairs a text has, each as a word (rollout-text-index.ts); not where.
CREATE VIRTUAL TABLE rollout_pairs USING fts5(
  pairs, content='', contentless_delete=1, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE rollout_prompt_pairs USING fts5(
  pairs, content='', contentless_delete=1, detail=none, tokenize='ascii');

-- Of completions in the index, under their ids there.
CREATE TABLE rollout_text_outcomes (
  id INTEGER PRIMARY KEY,
  step INTEGER NOT NULL,
  group_index INTEGER NOT NULL,
  reward REAL NOT NULL,
  correct INTEGER NOT NULL,
  finish_reason TEXT NOT NULL
) STRICT;

CREATE TRIGGER rollout_group_unindexed AFTER DELETE ON rollout_text_groups BEGIN
  DELETE FROM rollout_prompts WHERE rowid = old.id;
  DELETE FROM rollout_prompt_pairs WHERE rowid = old.id;
  DELETE FROM rollout_texts WHERE rowid BETWEEN old.id << 20 AND (old.id << 20) + 1048575;
  DELETE FROM rollout_pairs WHERE rowid BETWEEN old.id << 20 AND (old.id << 20) + 1048575;
  DELETE FROM rollout_text_outcomes WHERE id BETWEEN old.id << 20 AND (old.id << 20) + 1048575;
  INSERT INTO rollout_unindexed
    SELECT run_id, step, group_index FROM rollout_groups
    WHERE run_id = old.run_id AND step = old.step AND group_index = old.group_index;
END;

CREATE TRIGGER rollout_outcome_changed AFTER UPDATE OF reward, correct, finish_reason ON rollouts BEGIN
  DELETE FROM rollout_text_groups
    WHERE run_id = old.run_id AND step = old.step AND group_index = old.group_index;
END;
`,
};
