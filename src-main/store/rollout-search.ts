/** Finds completions of a run by reward, verdict, end and text, a page at a time. Without a text only an index is read. */
import { RolloutHit } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { Connection } from "./database.ts";

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
  difficulty: number;
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

export class RolloutSearch {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  search(runId: RunId, query: RolloutQuery): { total: number; hits: RolloutHit[] } {
    const { where, values } = conditions(query);
    const text = query.text ?? "";
    const named = { ...values, run: runId, text, limit: query.limit, offset: query.offset };
    // The groups are joined only where their prompts are searched.
    const from =
      text === ""
        ? "FROM rollouts r INDEXED BY rollout_outcomes WHERE r.run_id = $run"
        : `FROM rollouts r JOIN rollout_groups g USING (run_id, step, group_index) WHERE r.run_id = $run
           AND (instr(lower(r.completion), lower($text)) > 0 OR instr(lower(g.prompt), lower($text)) > 0)`;
    const total = this.#db
      .prepare<typeof named, number>(`SELECT count(*) ${from} ${where}`)
      .pluck()
      .get(named);
    // CROSS: the page's rows are looked up; left to itself SQLite reads every completion and looks for it in the page.
    const rows = this.#db
      .prepare<typeof named, HitRow>(
        `WITH page AS MATERIALIZED (
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
    return {
      total: total ?? 0,
      hits: rows.map((row) => RolloutHit.parse({ ...row, correct: row.correct === 1 })),
    };
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
