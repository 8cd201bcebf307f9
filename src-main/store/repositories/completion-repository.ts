/** What models wrote to one problem, whatever the run: samples of benchmarks and of the steps of GRPO. */
import { RunId } from "#shared/schema/run.ts";
import type { SampledCompletion } from "#shared/schema/problem-set.ts";
import type { Connection } from "../database.ts";

interface CompletionRow {
  readonly run_id: string;
  readonly model: string;
  readonly step: number | null;
  readonly completion: string;
  readonly correct: number;
  readonly reward: number | null;
  readonly finish_reason: string;
}

const MODEL = "json_extract(r.config, '$.model') AS model, r.created_at_ms AS created";
/** @param wanted of the column problem_id */
const sampled = (wanted: string): string => `SELECT s.run_id, p.problem_id, ${MODEL}, NULL AS step,
    s.sample_index AS place, s.completion, s.correct, NULL AS reward, s.finish_reason
  FROM evaluation_problems p JOIN evaluation_samples s USING (run_id, problem_index)
  JOIN runs r ON r.id = p.run_id WHERE p.problem_id ${wanted}
  UNION ALL
  SELECT o.run_id, g.problem_id, ${MODEL}, o.step, o.completion_index, o.completion, o.correct,
    o.reward, o.finish_reason
  FROM rollout_groups g JOIN rollouts o USING (run_id, step, group_index)
  JOIN runs r ON r.id = g.run_id WHERE g.problem_id ${wanted}`;
const SAMPLED = sampled("= @id");
/** "/" comes right before "0". */
const OF_SET = sampled("> @set || '/' AND problem_id < @set || '0'");

export class CompletionRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /**
   * The newest runs first, of a run the last steps first.
   * @param problemId with its set: "set/id"
   */
  ofProblem(problemId: string, limit: number): { total: number; completions: SampledCompletion[] } {
    const total = this.#db
      .prepare<{ id: string }, number>(`SELECT count(*) FROM (${SAMPLED})`)
      .pluck()
      .get({ id: problemId });
    const rows = this.#db
      .prepare<{ id: string; limit: number }, CompletionRow>(
        `SELECT * FROM (${SAMPLED}) ORDER BY created DESC, run_id, step DESC, place LIMIT @limit`,
      )
      .all({ id: problemId, limit });
    return { total: total ?? 0, completions: rows.map(completionOf) };
  }

  /** Of all problems of a set, those of the newest runs and steps; a problem's stand together. */
  ofSet(set: string, limit: number): { readonly id: string; readonly completion: string }[] {
    return this.#db
      .prepare<
        { set: string; limit: number },
        { readonly id: string; readonly completion: string }
      >(
        `SELECT substr(problem_id, length(@set) + 2) AS id, completion FROM (${OF_SET})
         ORDER BY created DESC, run_id, step DESC, problem_id, place LIMIT @limit`,
      )
      .all({ set, limit });
  }
}

function completionOf(row: CompletionRow): SampledCompletion {
  return {
    runId: RunId.parse(row.run_id),
    model: row.model,
    step: row.step,
    completion: row.completion,
    correct: row.correct === 1,
    reward: row.reward,
    finishReason: row.finish_reason,
  };
}
