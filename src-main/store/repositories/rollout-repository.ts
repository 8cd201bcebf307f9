/** Every completion that training sampled, with its tokens, log-probabilities, rewards and advantage. */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { Rollout } from "#shared/schema/engine-protocol.ts";
import type { RolloutScores } from "#shared/schema/engine-protocol.ts";
import { ListedRollout, RolloutGroup } from "#shared/schema/metrics.ts";
import type { RolloutHit, RolloutStep } from "#shared/schema/metrics.ts";
import type { RunId } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { RolloutSearch } from "../rollouts/rollout-search.ts";
import type { RolloutQuery } from "../rollouts/rollout-search.ts";
import { RolloutTextIndex } from "../rollouts/rollout-text-index.ts";
import { EXCERPT_COLUMNS, excerptOf } from "../rollouts/rollout-excerpt.ts";
import type { ExcerptRow } from "../rollouts/rollout-excerpt.ts";
import { readJson } from "../json-column.ts";
import { packFloat32, packInt32, unpackFloat32, unpackInt32 } from "../rollouts/packed-numbers.ts";

interface RolloutRow {
  step: number;
  group_index: number;
  completion_index: number;
  problem_id: string;
  difficulty: number | null;
  prompt: string;
  completion: string;
  completion_ids: Buffer;
  logprobs: Buffer;
  rewards: string;
  reward: number;
  advantage: number;
  correct: number;
  finish_reason: string;
}

type ListedRow = Omit<RolloutRow, "completion" | "completion_ids" | "logprobs"> &
  ExcerptRow & { readonly tokens: number };

interface TokenRow {
  completion_ids: Buffer;
  logprobs: Buffer;
  trained_logprobs: Buffer | null;
  entropies: Buffer | null;
}

interface RolloutPlace {
  readonly step: number;
  readonly group: number;
  readonly index: number;
}

const Rewards = z.record(z.string(), z.number().nullable());

export class RolloutRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Gives how many were new: a completion that is there already is left as it is. */
  insert(runId: RunId, rollouts: readonly Rollout[]): number {
    const group = this.#db.prepare(
      `INSERT INTO rollout_groups (run_id, step, group_index, problem_id, difficulty, prompt)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    const completion = this.#db.prepare(
      `INSERT INTO rollouts (run_id, step, group_index, completion_index, completion,
         completion_ids, logprobs, rewards, reward, advantage, correct, finish_reason)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    let added = 0;
    for (const one of rollouts) {
      group.run(runId, one.step, one.group, one.problemId, one.difficulty, one.prompt);
      added += completion.run(
        runId,
        one.step,
        one.group,
        one.index,
        one.completion,
        packInt32(one.completionIds),
        packFloat32(one.logprobs),
        JSON.stringify(one.rewards),
        one.reward,
        one.advantage,
        one.correct ? 1 : 0,
        one.finishReason,
      ).changes;
    }
    return added;
  }

  /** Keeps what the trainer made of completions' tokens. */
  setScores(runId: RunId, scores: readonly RolloutScores[]): void {
    const set = this.#db.prepare(
      `UPDATE rollouts SET trained_logprobs = ?, entropies = ?
       WHERE run_id = ? AND step = ? AND group_index = ? AND completion_index = ?`,
    );
    for (const { step, group, index, logprobs, entropies } of scores)
      set.run(packFloat32(logprobs), packFloat32(entropies), runId, step, group, index);
  }

  steps(runId: RunId): RolloutStep[] {
    return this.#db
      .prepare<[string], RolloutStep>(
        `SELECT step, count(DISTINCT group_index) AS groups, count(*) AS rollouts,
           avg(reward) AS meanReward, sum(correct) AS correct
         FROM rollouts WHERE run_id = ? GROUP BY step ORDER BY step`,
      )
      .all(runId);
  }

  groups(runId: RunId, step: number): RolloutGroup[] {
    const groups = new Map<number, RolloutGroup>();
    const rows = this.#db
      .prepare<[string, number], ListedRow>(
        `SELECT r.step, r.group_index, r.completion_index, g.problem_id, g.difficulty, g.prompt,
           ${EXCERPT_COLUMNS}, length(r.completion_ids) / 4 AS tokens, r.rewards, r.reward,
           r.advantage, r.correct, r.finish_reason
         FROM rollouts r JOIN rollout_groups g USING (run_id, step, group_index)
         WHERE r.run_id = ? AND r.step = ? ORDER BY r.group_index, r.completion_index`,
      )
      .iterate(runId, step);
    for (const row of rows) {
      let group = groups.get(row.group_index);
      if (group === undefined) {
        group = RolloutGroup.parse({
          step: row.step,
          group: row.group_index,
          problemId: row.problem_id,
          difficulty: row.difficulty,
          prompt: row.prompt,
          meanReward: 0,
          correct: 0,
          rollouts: [],
        });
        groups.set(row.group_index, group);
      }
      group.rollouts.push(listedOf(row));
      group.correct += row.correct;
    }
    for (const group of groups.values()) {
      const sum = group.rollouts.reduce((total, { reward }) => total + reward, 0);
      group.meanReward = sum / group.rollouts.length;
    }
    return [...groups.values()];
  }

  /** Every completion of the run, or of one step, in order; one at a time, since they are many. */
  *all(runId: RunId, step?: number): Generator<Rollout> {
    const rows = this.#db
      .prepare<[string, number, number], RolloutRow>(
        `SELECT r.*, g.problem_id, g.difficulty, g.prompt FROM rollouts r
         JOIN rollout_groups g USING (run_id, step, group_index)
         WHERE r.run_id = ? AND r.step BETWEEN ? AND ?
         ORDER BY r.run_id, r.step, r.group_index, r.completion_index`,
      )
      .iterate(runId, step ?? 0, step ?? Number.MAX_SAFE_INTEGER);
    for (const row of rows) yield rolloutOf(row);
  }

  /** Completions of the whole run that match, and how many there are. */
  search(runId: RunId, query: RolloutQuery): { total: number; hits: RolloutHit[] } {
    return new RolloutSearch(this.#db).search(runId, query);
  }

  /** A completion's whole text. Throws NOT_FOUND. */
  text(runId: RunId, { step, group, index }: RolloutPlace): string {
    const text = this.#db
      .prepare<[string, number, number, number], string>(
        `SELECT completion FROM rollouts
         WHERE run_id = ? AND step = ? AND group_index = ? AND completion_index = ?`,
      )
      .pluck()
      .get(runId, step, group, index);
    if (text === undefined) throw notThere();
    return text;
  }

  /** Throws NOT_FOUND. */
  tokens(
    runId: RunId,
    at: RolloutPlace,
  ): {
    ids: number[];
    logprobs: number[];
    trainedLogprobs: number[] | null;
    entropies: number[] | null;
  } {
    const row = this.#db
      .prepare<[string, number, number, number], TokenRow>(
        `SELECT completion_ids, logprobs, trained_logprobs, entropies FROM rollouts
         WHERE run_id = ? AND step = ? AND group_index = ? AND completion_index = ?`,
      )
      .get(runId, at.step, at.group, at.index);
    if (row === undefined) throw notThere();
    const { trained_logprobs: trained, entropies } = row;
    return {
      ids: unpackInt32(row.completion_ids),
      logprobs: unpackFloat32(row.logprobs),
      trainedLogprobs: trained === null ? null : unpackFloat32(trained),
      entropies: entropies === null ? null : unpackFloat32(entropies),
    };
  }

  /** Makes some more texts searchable by the index; tells whether others are left. Within a transaction of the caller. */
  fillTextIndex(): boolean {
    return new RolloutTextIndex(this.#db).fill();
  }

  deleteAfter(runId: RunId, step: number): void {
    this.#db.prepare("DELETE FROM rollout_groups WHERE run_id = ? AND step > ?").run(runId, step);
  }
}

function notThere(): AppError {
  return new AppError("NOT_FOUND", "There is no such completion.", "Choose a step of the list.");
}

function listedOf(row: ListedRow): ListedRollout {
  return ListedRollout.parse({
    step: row.step,
    group: row.group_index,
    index: row.completion_index,
    problemId: row.problem_id,
    difficulty: row.difficulty,
    ...excerptOf(row),
    tokens: row.tokens,
    rewards: readJson(Rewards, row.rewards),
    reward: row.reward,
    advantage: row.advantage,
    correct: row.correct === 1,
    finishReason: row.finish_reason,
  });
}

function rolloutOf(row: RolloutRow): Rollout {
  return Rollout.parse({
    step: row.step,
    group: row.group_index,
    index: row.completion_index,
    problemId: row.problem_id,
    difficulty: row.difficulty,
    prompt: row.prompt,
    completion: row.completion,
    completionIds: unpackInt32(row.completion_ids),
    logprobs: unpackFloat32(row.logprobs),
    rewards: readJson(Rewards, row.rewards),
    reward: row.reward,
    advantage: row.advantage,
    correct: row.correct === 1,
    finishReason: row.finish_reason,
  });
}
