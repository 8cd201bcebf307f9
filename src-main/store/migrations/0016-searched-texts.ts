import type { Migration } from "./migration.ts";

/**
 * Texts of completions and prompts are found by an index of their three-letter pieces. What is written goes to
 * `rollout_unindexed` first, and into the index in batches later; so do the texts that are there already.
 *
 * A group's id holds its run's number above 22 bits of its own; a completion's is its group's above 20 bits of its
 * index, so that an id tells the run, and a run's ids are one range.
 */
export const searchedTexts: Migration = {
  version: 16,
  name: "searched texts",
  sql: `
CREATE TABLE rollout_text_runs (
  number INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL UNIQUE REFERENCES runs(id) ON DELETE CASCADE
) STRICT;

-- Groups whose texts are in the index.
CREATE TABLE rollout_text_groups (
  id INTEGER PRIMARY KEY,
  run_id TEXT NOT NULL,
  step INTEGER NOT NULL,
  group_index INTEGER NOT NULL,
  UNIQUE (run_id, step, group_index),
  FOREIGN KEY (run_id, step, group_index)
    REFERENCES rollout_groups(run_id, step, group_index) ON DELETE CASCADE
) STRICT;

-- Groups whose texts are not: the others, always.
CREATE TABLE rollout_unindexed (
  run_id TEXT NOT NULL,
  step INTEGER NOT NULL,
  group_index INTEGER NOT NULL,
  PRIMARY KEY (run_id, step, group_index),
  FOREIGN KEY (run_id, step, group_index)
    REFERENCES rollout_groups(run_id, step, group_index) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Texts in lower case as lower() makes it; positions alone, the texts themselves stay where they are.
CREATE VIRTUAL TABLE rollout_texts USING fts5(
  text, content='', contentless_delete=1, tokenize='trigram case_sensitive 1');
CREATE VIRTUAL TABLE rollout_prompts USING fts5(
  text, content='', contentless_delete=1, tokenize='trigram case_sensitive 1');

CREATE TRIGGER rollout_group_added AFTER INSERT ON rollout_groups BEGIN
  INSERT INTO rollout_unindexed VALUES (new.run_id, new.step, new.group_index);
END;

-- Out of the index; in line for it again where the group is still there.
CREATE TRIGGER rollout_group_unindexed AFTER DELETE ON rollout_text_groups BEGIN
  DELETE FROM rollout_prompts WHERE rowid = old.id;
  DELETE FROM rollout_texts WHERE rowid BETWEEN old.id << 20 AND (old.id << 20) + 1048575;
  INSERT INTO rollout_unindexed
    SELECT run_id, step, group_index FROM rollout_groups
    WHERE run_id = old.run_id AND step = old.step AND group_index = old.group_index;
END;

CREATE TRIGGER rollout_prompt_changed AFTER UPDATE OF prompt ON rollout_groups BEGIN
  DELETE FROM rollout_text_groups
    WHERE run_id = old.run_id AND step = old.step AND group_index = old.group_index;
END;
CREATE TRIGGER rollout_added AFTER INSERT ON rollouts BEGIN
  DELETE FROM rollout_text_groups
    WHERE run_id = new.run_id AND step = new.step AND group_index = new.group_index;
END;
CREATE TRIGGER rollout_changed AFTER UPDATE OF completion ON rollouts BEGIN
  DELETE FROM rollout_text_groups
    WHERE run_id = old.run_id AND step = old.step AND group_index = old.group_index;
END;
CREATE TRIGGER rollout_removed AFTER DELETE ON rollouts BEGIN
  DELETE FROM rollout_text_groups
    WHERE run_id = old.run_id AND step = old.step AND group_index = old.group_index;
END;

INSERT INTO rollout_unindexed SELECT run_id, step, group_index FROM rollout_groups;
`,
};
