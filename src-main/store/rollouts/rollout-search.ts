/**
 * Finds completions of a run by reward, verdict, end and text, a page at a time. Without a text only an index is read;
 * with one the indexes of texts, and the texts themselves where they are not in it yet.
 */
import { RolloutHit } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { lookupOf, RolloutTextIndex } from "./rollout-text-index.ts";
import type { TextLookup } from "./rollout-text-index.ts";

export interface RolloutQuery {
  readonly text?: string | undefined;
  readonly minReward?: number | undefined;
  readonly maxReward?: number | undefined;
  readonly correct?: boolean | undefined;
  readonly finishReason?: string | undefined;
  readonly fromStep?: number | undefined;
  readonly toStep?: number | undefined;
  readonly offset: number;
  readonly limit: number;
}

interface HitRow {
  step: number;
  group: number;
  index: number;
  problemId: string;
  difficulty: number | null;
  reward: number;
  advantage: number;
  correct: number;
  finishReason: string;
  tokens: number;
  prompt: string;
  excerpt: string;
}

/** Characters of a piece of text, and how many of them stand before what was found. */
const EXCERPT = 240;
const BEFORE = 60;

interface Answer {
  readonly total: number;
  readonly hits: RolloutHit[];
}

/** Parts of a question that are told to SQLite by name. */
type Named = Readonly<Record<string, string | number>>;

type SearchQuery = Named & { readonly run: RunId; readonly offset: number; readonly limit: number };

/** Where the completions come from, as the WHERE that goes on with the filters, and what stands before it. */
interface Source {
  readonly before: string;
  readonly from: string;
}

const ALL: Source = {
  before: "",
  from: "FROM rollouts r INDEXED BY rollout_outcomes WHERE r.run_id = $run",
};

/** Every text is read. */
const SCAN: Source = {
  before: "",
  from: `FROM rollouts r JOIN rollout_groups g USING (run_id, step, group_index) WHERE r.run_id = $run
    AND (instr(lower(r.completion), lower($text)) > 0 OR instr(lower(g.prompt), lower($text)) > 0)`,
};

/** Completions that are read before everything that the index finds is put in order. */
const EARLY = 500;
const FIRST: Source = {
  before: `early AS MATERIALIZED (SELECT step, group_index, completion_index FROM rollouts
    WHERE run_id = $run ORDER BY step, group_index, completion_index LIMIT ${EARLY})`,
  from: `FROM early CROSS JOIN rollouts r USING (step, group_index, completion_index)
    CROSS JOIN rollout_groups g USING (run_id, step, group_index) WHERE r.run_id = $run
    AND (instr(lower(r.completion), lower($text)) > 0 OR instr(lower(g.prompt), lower($text)) > 0)`,
};

/** Of what the index finds of the run's texts, and of its prompts. */
const textsMatch = (texts: TextLookup["texts"]): string =>
  `t.${texts} MATCH $phrase AND t.rowid BETWEEN $run_number << 42 AND ($run_number + 1 << 42) - 1`;
const promptsMatch = (prompts: TextLookup["prompts"]): string =>
  `p.${prompts} MATCH $phrase AND p.rowid BETWEEN $run_number << 22 AND ($run_number + 1 << 22) - 1`;

/** Sources of completions that the index finds, that have a prompt which it finds, and that it does not have yet: read. */
const byText = (texts: TextLookup["texts"]): string =>
  `FROM ${texts} t CROSS JOIN rollout_text_outcomes r ON r.id = t.rowid WHERE ${textsMatch(texts)}`;
const byPrompt = (prompts: TextLookup["prompts"]): string =>
  `FROM ${prompts} p CROSS JOIN rollout_text_outcomes r
    ON r.id BETWEEN p.rowid << 20 AND (p.rowid << 20) + 1048575 WHERE ${promptsMatch(prompts)}`;
const UNINDEXED = `FROM rollout_unindexed u CROSS JOIN rollout_groups g USING (run_id, step, group_index)
  CROSS JOIN rollouts r USING (run_id, step, group_index) WHERE u.run_id = $run
    AND (instr(lower(r.completion), lower($text)) > 0 OR instr(lower(g.prompt), lower($text)) > 0)`;

const INDEXED_PLACE = "SELECT r.step, r.group_index, r.id & 1048575 AS completion_index";
const READ_PLACE = "SELECT r.step, r.group_index, r.completion_index";

const FOUND = "FROM found r WHERE true";

export class RolloutSearch {
  readonly #db: Connection;
  readonly #index: RolloutTextIndex;

  constructor(db: Connection) {
    this.#db = db;
    this.#index = new RolloutTextIndex(db);
  }

  search(runId: RunId, query: RolloutQuery): Answer {
    const { where, values } = conditions(query);
    const text = query.text ?? "";
    const { offset, limit } = query;
    const named = { ...values, run: runId, text };
    const lookup = lookupOf(text);
    if (text === "" || lookup === undefined) {
      const source = text === "" ? ALL : SCAN;
      return this.#answer(source, where, { ...named, limit, offset });
    }
    return this.#indexed(lookup, where, { ...named, phrase: lookup.phrase, limit, offset });
  }

  #indexed(lookup: TextLookup, where: string, query: SearchQuery): Answer {
    const named = { ...query, run_number: this.#index.number(query.run) ?? 0 };
    const lacks = this.#index.lacks(named.run);
    const prompts = this.#count(
      `SELECT count(*) FROM ${lookup.prompts} p WHERE ${promptsMatch(lookup.prompts)}`,
      named,
    );
    // Where every prompt has it, every completion is found.
    if (!lacks && prompts > 0 && prompts === this.#groups(named))
      return this.#answer(ALL, where, named);
    const places = [
      `${INDEXED_PLACE} ${byText(lookup.texts)} ${where}`,
      ...(prompts > 0 ? [`${INDEXED_PLACE} ${byPrompt(lookup.prompts)} ${where}`] : []),
      ...(lacks ? [`${READ_PLACE} ${UNINDEXED} ${where}`] : []),
    ];
    const before = `found AS MATERIALIZED (${places.join(" UNION ")})`;
    const total = this.#count(
      places.length > 1
        ? `WITH ${before} SELECT count(*) FROM found`
        : where === ""
          ? `SELECT count(*) FROM ${lookup.texts} t WHERE ${textsMatch(lookup.texts)}`
          : `SELECT count(*) ${byText(lookup.texts)} ${where}`,
      named,
    );
    const hits = this.#early(total, where, named) ?? this.#page({ before, from: FOUND }, "", named);
    return { total, hits };
  }

  /** The page, where the run's first completions are enough for it: what is common need not be put in order. */
  #early(total: number, where: string, named: SearchQuery): RolloutHit[] | undefined {
    if (total < EARLY || named.offset + named.limit > EARLY) return undefined;
    const hits = this.#page(FIRST, where, named);
    return hits.length === named.limit ? hits : undefined;
  }

  #groups(named: Named): number {
    const range = "$run_number << 22 AND ($run_number + 1 << 22) - 1";
    return this.#count(`SELECT count(*) FROM rollout_text_groups WHERE id BETWEEN ${range}`, named);
  }

  #answer(source: Source, where: string, named: Named): Answer {
    const total = this.#count(`SELECT count(*) ${source.from} ${where}`, named);
    return { total, hits: this.#page(source, where, named) };
  }

  #count(sql: string, named: Named): number {
    return this.#db.prepare<Named, number>(sql).pluck().get(named) ?? 0;
  }

  #page({ before, from }: Source, where: string, named: Named): RolloutHit[] {
    // CROSS: the page's rows are looked up; left to itself SQLite reads every completion and looks for it in the page.
    const rows = this.#db
      .prepare<Named, HitRow>(
        `WITH ${before === "" ? "" : `${before},`} page AS MATERIALIZED (
           SELECT r.step, r.group_index, r.completion_index ${from} ${where}
           ORDER BY r.step, r.group_index, r.completion_index LIMIT $limit OFFSET $offset)
         SELECT r.step, r.group_index AS "group", r.completion_index AS "index",
           g.problem_id AS problemId, g.difficulty, r.reward, r.advantage, r.correct,
           r.finish_reason AS finishReason, length(r.completion_ids) / 4 AS tokens,
           substr(g.prompt, 1, ${EXCERPT}) AS prompt,
           CASE WHEN $text <> '' AND instr(lower(r.completion), lower($text)) > 0
             THEN substr(r.completion, max(1, instr(lower(r.completion), lower($text)) - ${BEFORE}), ${EXCERPT})
             ELSE substr(r.completion, -${EXCERPT}) END AS excerpt
         FROM page CROSS JOIN rollouts r ON r.run_id = $run AND r.step = page.step
           AND r.group_index = page.group_index AND r.completion_index = page.completion_index
         CROSS JOIN rollout_groups g ON g.run_id = $run AND g.step = r.step AND g.group_index = r.group_index
         ORDER BY r.step, r.group_index, r.completion_index`,
      )
      .all(named);
    return rows.map((row) => RolloutHit.parse({ ...row, correct: row.correct === 1 }));
  }
}

function conditions(query: RolloutQuery): {
  where: string;
  values: Record<string, string | number>;
} {
  const tests: readonly (readonly [string, string, string | number | undefined])[] = [
    ["r.reward >=", "minReward", query.minReward],
    ["r.reward <=", "maxReward", query.maxReward],
    ["r.correct =", "correct", query.correct === undefined ? undefined : Number(query.correct)],
    ["r.finish_reason =", "finishReason", query.finishReason],
    ["r.step >=", "fromStep", query.fromStep],
    ["r.step <=", "toStep", query.toStep],
  ];
  const values: Record<string, string | number> = {};
  let where = "";
  for (const [test, name, value] of tests) {
    if (value === undefined) continue;
    where += ` AND ${test} $${name}`;
    values[name] = value;
  }
  return { where, values };
}
