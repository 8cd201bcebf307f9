/**
 * The index of completions' and prompts' texts: SQLite's FTS5 over every three characters that follow each other, so
 * that any part of a text is found and not words alone, and over its characters and pairs for texts that are shorter.
 * Filled a batch at a time from `rollout_unindexed`.
 */
import type { RunId } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { pairsOf, shortWordOf } from "./text-pairs.ts";

/** About 40 ms of work. */
const BATCH_CHARACTERS = 75_000;
/** FTS5 reads no further than a NUL and takes the noncharacters for U+FFFD: a needle with one is not for it. */
const UNLIKE = /[\0\uFFFD-\uFFFF]/u;

interface Place {
  readonly run_id: RunId;
  readonly step: number;
  readonly group_index: number;
}

type Key = [runId: RunId, step: number, group: number];

export class RolloutTextIndex {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Takes some of what is not indexed yet; tells whether more is left. Within a transaction of the caller. */
  fill(): boolean {
    const waiting = this.#db
      .prepare<[], Place>("SELECT run_id, step, group_index FROM rollout_unindexed LIMIT 1000")
      .all();
    let characters = 0;
    for (const place of waiting) {
      if (characters >= BATCH_CHARACTERS) return true;
      characters += this.#add(place);
    }
    return waiting.length === 1000;
  }

  /** Gives how many characters the group has. */
  #add(place: Place): number {
    const { run_id: runId, step, group_index: group } = place;
    const at: Key = [runId, step, group];
    const db = this.#db;
    const number = this.#numberOf(runId);
    const id = db
      .prepare<[number, number, number, ...Key], number>(
        `INSERT INTO rollout_text_groups (id, run_id, step, group_index)
         SELECT coalesce((SELECT max(id) + 1 FROM rollout_text_groups
           WHERE id BETWEEN ? << 22 AND (? << 22) + 4194303), ? << 22), ?, ?, ? RETURNING id`,
      )
      .pluck()
      .get(number, number, number, ...at);
    if (id === undefined) throw new Error("no id was given");
    const prompt = db
      .prepare<Key, string>(
        "SELECT prompt FROM rollout_groups WHERE run_id = ? AND step = ? AND group_index = ?",
      )
      .pluck()
      .get(...at);
    db.prepare(
      "INSERT INTO rollout_prompts (rowid, text) VALUES (CAST(? AS INTEGER), lower(?))",
    ).run(id, readable(prompt ?? ""));
    db.prepare(
      "INSERT INTO rollout_prompt_pairs (rowid, pairs) VALUES (CAST(? AS INTEGER), ?)",
    ).run(id, pairsOf(prompt ?? ""));
    const add = db.prepare(
      "INSERT INTO rollout_texts (rowid, text) VALUES (? << 20 | ?, lower(?))",
    );
    const addPairs = db.prepare("INSERT INTO rollout_pairs (rowid, pairs) VALUES (? << 20 | ?, ?)");
    let characters = prompt?.length ?? 0;
    const texts = db
      .prepare<Key, { index: number; text: string }>(
        `SELECT completion_index AS "index", completion AS text FROM rollouts
         WHERE run_id = ? AND step = ? AND group_index = ?`,
      )
      .all(...at);
    for (const { index, text } of texts) {
      add.run(id, index, readable(text));
      addPairs.run(id, index, pairsOf(text));
      characters += text.length;
    }
    db.prepare<[number, ...Key]>(
      `INSERT INTO rollout_text_outcomes (id, step, group_index, reward, correct, finish_reason)
       SELECT ? << 20 | completion_index, step, group_index, reward, correct, finish_reason
       FROM rollouts WHERE run_id = ? AND step = ? AND group_index = ?`,
    ).run(id, ...at);
    db.prepare(
      "DELETE FROM rollout_unindexed WHERE run_id = ? AND step = ? AND group_index = ?",
    ).run(...at);
    return characters;
  }

  #numberOf(runId: RunId): number {
    this.#db
      .prepare("INSERT INTO rollout_text_runs (run_id) VALUES (?) ON CONFLICT DO NOTHING")
      .run(runId);
    return this.number(runId) ?? 0;
  }

  /** The run's number in the index; undefined where nothing of it is there. */
  number(runId: RunId): number | undefined {
    return this.#db
      .prepare<[RunId], number>("SELECT number FROM rollout_text_runs WHERE run_id = ?")
      .pluck()
      .get(runId);
  }

  /** Whether texts of the run are not in the index yet. */
  lacks(runId: RunId): boolean {
    const one = this.#db
      .prepare<[RunId], number>("SELECT 1 FROM rollout_unindexed WHERE run_id = ? LIMIT 1")
      .pluck()
      .get(runId);
    return one !== undefined;
  }
}

/** Where a text is looked up, and what is asked there. */
export interface TextLookup {
  readonly texts: "rollout_texts" | "rollout_pairs";
  readonly prompts: "rollout_prompts" | "rollout_prompt_pairs";
  readonly phrase: string;
}

/** Undefined for a text that no index can find. */
export function lookupOf(text: string): TextLookup | undefined {
  const word = shortWordOf(text);
  if (word !== undefined)
    return { texts: "rollout_pairs", prompts: "rollout_prompt_pairs", phrase: `"${word}"` };
  const needle = text.toWellFormed();
  if (needle === "" || UNLIKE.test(needle)) return undefined;
  const lower = needle.replaceAll(/[A-Z]/gu, (letter) => letter.toLowerCase());
  return {
    texts: "rollout_texts",
    prompts: "rollout_prompts",
    phrase: `"${lower.replaceAll('"', '""')}"`,
  };
}

function readable(text: string): string {
  return text.replaceAll("\0", "\uFFFD");
}
