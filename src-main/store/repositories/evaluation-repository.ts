/** Benchmarks: every completion by problem, and the summary. */
import { z } from "zod";
import { EvaluationSample, EvaluationSummary } from "#shared/schema/engine-protocol.ts";
import { EvaluationRecord } from "#shared/schema/evaluation.ts";
import type { ListedProblem, ProblemSamples } from "#shared/schema/evaluation.ts";
import type { PipelineId, RunId } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";

interface SampleRow {
  problem_index: number;
  sample_index: number;
  problem_id: string;
  difficulty: number | null;
  prompt: string;
  gold: string;
  completion: string;
  answer: string | null;
  correct: number;
  finish_reason: string;
  tokens: number;
}

interface EvaluationRow {
  run_id: string;
  pipeline_id: string;
  label: string;
  summary: string;
}

/** A problem of one benchmark with its count of right samples. */
export interface SolvedProblem {
  readonly problemId: string;
  readonly difficulty: number | null;
  readonly prompt: string;
  readonly gold: string;
  readonly correct: number;
  readonly samples: number;
}

export interface SampleFilter {
  readonly correct: "any" | "all-right" | "mixed" | "all-wrong";
  readonly difficulty?: number | undefined;
  readonly text?: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

const SAMPLE_COLUMNS = `p.problem_index, s.sample_index, p.problem_id, p.difficulty, p.prompt, p.gold,
  s.completion, s.answer, s.correct, s.finish_reason, s.tokens`;
/** Characters of a prompt in a list. */
const LISTED_PROMPT = 500;
/** Which problems, by their right samples. */
const CORRECT: Readonly<Record<Exclude<SampleFilter["correct"], "any">, string>> = {
  "all-right": "sum(s.correct) = count(*)",
  "all-wrong": "sum(s.correct) = 0",
  mixed: "sum(s.correct) BETWEEN 1 AND count(*) - 1",
};
const Indexes = z.array(z.int());

export class EvaluationRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Gives how many were new: a completion that is there already is left as it is. */
  insertSamples(runId: RunId, samples: readonly EvaluationSample[]): number {
    const problem = this.#db.prepare(
      `INSERT INTO evaluation_problems (run_id, problem_index, problem_id, difficulty, prompt, gold)
       VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    const sample = this.#db.prepare(
      `INSERT INTO evaluation_samples (run_id, problem_index, sample_index, completion, answer,
         correct, finish_reason, tokens)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    let added = 0;
    for (const one of samples) {
      problem.run(runId, one.problemIndex, one.problemId, one.difficulty, one.prompt, one.gold);
      added += sample.run(
        runId,
        one.problemIndex,
        one.sampleIndex,
        one.completion,
        one.answer,
        one.correct ? 1 : 0,
        one.finishReason,
        one.tokens,
      ).changes;
    }
    return added;
  }

  countSamples(runId: RunId): number {
    return (
      this.#db
        .prepare<[string], number>("SELECT count(*) FROM evaluation_samples WHERE run_id = ?")
        .pluck()
        .get(runId) ?? 0
    );
  }

  /** Every completion, by problem. */
  samples(runId: RunId): EvaluationSample[] {
    return this.#db
      .prepare<[string], SampleRow>(
        `SELECT ${SAMPLE_COLUMNS} FROM evaluation_problems p
         JOIN evaluation_samples s USING (run_id, problem_index)
         WHERE p.run_id = ? ORDER BY p.problem_index, s.sample_index`,
      )
      .all(runId)
      .map(sampleOf);
  }

  /** A page of problems without their completions. */
  listed(runId: RunId, filter: SampleFilter): { total: number; problems: ListedProblem[] } {
    const { total, page } = this.#page(runId, filter);
    const problems = this.#db
      .prepare<[string, string], ListedProblem>(
        `SELECT p.problem_index AS problemIndex, p.problem_id AS problemId, p.difficulty,
           substr(p.prompt, 1, ${LISTED_PROMPT}) AS prompt, sum(s.correct) AS correct,
           count(*) AS samples
         FROM evaluation_problems p JOIN evaluation_samples s USING (run_id, problem_index)
         WHERE p.run_id = ? AND p.problem_index IN (SELECT value FROM json_each(?))
         GROUP BY p.problem_index ORDER BY p.problem_index`,
      )
      .all(runId, JSON.stringify(page));
    return { total, problems };
  }

  /** A page of problems with their completions. */
  problems(runId: RunId, filter: SampleFilter): { total: number; problems: ProblemSamples[] } {
    const { total, page } = this.#page(runId, filter);
    const rows = this.#db
      .prepare<[string, string], SampleRow>(
        `SELECT ${SAMPLE_COLUMNS} FROM evaluation_problems p
         JOIN evaluation_samples s USING (run_id, problem_index)
         WHERE p.run_id = ? AND p.problem_index IN (SELECT value FROM json_each(?))
         ORDER BY p.problem_index, s.sample_index`,
      )
      .all(runId, JSON.stringify(page));
    const problems = new Map<number, ProblemSamples>();
    for (const row of rows) {
      const known = problems.get(row.problem_index) ?? {
        problemIndex: row.problem_index,
        problemId: row.problem_id,
        difficulty: row.difficulty,
        prompt: row.prompt,
        gold: row.gold,
        correct: 0,
        samples: [],
      };
      known.samples.push(sampleOf(row));
      known.correct += row.correct;
      problems.set(row.problem_index, known);
    }
    return { total, problems: [...problems.values()] };
  }

  #page(runId: RunId, filter: SampleFilter): { total: number; page: number[] } {
    const text = filter.text ?? "";
    const having = [
      ...(text === ""
        ? []
        : [
            `(instr(lower(p.prompt), lower($text)) > 0
              OR sum(instr(lower(s.completion), lower($text))) > 0)`,
          ]),
      ...(filter.correct === "any" ? [] : [CORRECT[filter.correct]]),
    ];
    // The completions are read only where something is asked of them.
    const samples =
      having.length === 0 ? "" : "JOIN evaluation_samples s USING (run_id, problem_index)";
    const matching = this.#db
      .prepare<{ runId: string; difficulty: number | null; text: string }, number>(
        `SELECT p.problem_index FROM evaluation_problems p ${samples}
         WHERE p.run_id = $runId AND ($difficulty IS NULL OR p.difficulty = $difficulty)
         ${having.length === 0 ? "" : `GROUP BY p.problem_index HAVING ${having.join(" AND ")}`}
         ORDER BY p.problem_index`,
      )
      .pluck()
      .all({ runId, difficulty: filter.difficulty ?? null, text });
    const { offset, limit } = filter;
    return { total: matching.length, page: Indexes.parse(matching.slice(offset, offset + limit)) };
  }

  /** What finished benchmarks ask, each problem once; the benchmark by its task, the first part of the id. */
  problemTexts(): { benchmark: string; id: string; prompt: string }[] {
    return this.#db
      .prepare<[], { id: string; prompt: string }>(
        `SELECT DISTINCT p.problem_id AS id, p.prompt FROM evaluation_problems p
         JOIN evaluations e ON e.run_id = p.run_id ORDER BY 1, 2`,
      )
      .all()
      .map(({ id, prompt }) => ({
        benchmark: `benchmark of ${id.split("/", 1).join("")}`,
        id,
        prompt,
      }));
  }

  setSummary(runId: RunId, label: string, summary: EvaluationSummary): void {
    this.#db
      .prepare(
        `INSERT INTO evaluations (run_id, label, summary) VALUES (?, ?, ?)
         ON CONFLICT (run_id) DO UPDATE SET label = excluded.label, summary = excluded.summary`,
      )
      .run(runId, label, JSON.stringify(summary));
  }

  get(runId: RunId): EvaluationRecord | null {
    const row = this.#db
      .prepare<[string], EvaluationRow>(
        `SELECT e.run_id, r.pipeline_id, e.label, e.summary FROM evaluations e
         JOIN runs r ON r.id = e.run_id WHERE e.run_id = ?`,
      )
      .get(runId);
    return row === undefined ? null : recordOf(row);
  }

  /** In the recipe's order. */
  ofPipeline(pipelineId: PipelineId): EvaluationRecord[] {
    return this.#db
      .prepare<[string], EvaluationRow>(
        `SELECT e.run_id, r.pipeline_id, e.label, e.summary FROM evaluations e
         JOIN runs r ON r.id = e.run_id WHERE r.pipeline_id = ? ORDER BY r.position`,
      )
      .all(pipelineId)
      .map(recordOf);
  }

  /** Every finished benchmark's summary, newest first. */
  finished(): (EvaluationRecord & { pipelineName: string; endedAtMs: number | null })[] {
    return this.#db
      .prepare<[], EvaluationRow & { name: string; ended_at_ms: number | null }>(
        `SELECT e.run_id, r.pipeline_id, e.label, e.summary, p.name, r.ended_at_ms
         FROM evaluations e JOIN runs r ON r.id = e.run_id JOIN pipelines p ON p.id = r.pipeline_id
         ORDER BY p.number DESC, r.position`,
      )
      .all()
      .map((row) => ({
        ...recordOf(row),
        pipelineName: row.name,
        endedAtMs: row.ended_at_ms,
      }));
  }

  /** Each problem of a benchmark with how many of its samples are right. */
  solved(runId: RunId): SolvedProblem[] {
    return this.#db
      .prepare<[string], SolvedProblem>(
        `SELECT p.problem_id AS problemId, p.difficulty, p.prompt, p.gold,
           sum(s.correct) AS correct, count(*) AS samples
         FROM evaluation_problems p JOIN evaluation_samples s USING (run_id, problem_index)
         WHERE p.run_id = ? GROUP BY p.problem_index ORDER BY p.problem_index`,
      )
      .all(runId);
  }

  samplesOfProblem(runId: RunId, problemId: string): EvaluationSample[] {
    return this.#db
      .prepare<[string, string], SampleRow>(
        `SELECT ${SAMPLE_COLUMNS} FROM evaluation_problems p
         JOIN evaluation_samples s USING (run_id, problem_index)
         WHERE p.run_id = ? AND p.problem_id = ? ORDER BY s.sample_index`,
      )
      .all(runId, problemId)
      .map(sampleOf);
  }

  /** Forgets the completions of problems from `problemIndex` on, and the summary. */
  deleteFrom(runId: RunId, problemIndex: number): void {
    this.#db
      .prepare("DELETE FROM evaluation_problems WHERE run_id = ? AND problem_index >= ?")
      .run(runId, problemIndex);
    this.#db.prepare("DELETE FROM evaluations WHERE run_id = ?").run(runId);
  }
}

function sampleOf(row: SampleRow): EvaluationSample {
  return EvaluationSample.parse({
    problemIndex: row.problem_index,
    sampleIndex: row.sample_index,
    problemId: row.problem_id,
    difficulty: row.difficulty,
    prompt: row.prompt,
    gold: row.gold,
    completion: row.completion,
    answer: row.answer,
    correct: row.correct === 1,
    finishReason: row.finish_reason,
    tokens: row.tokens,
  });
}

function recordOf(row: EvaluationRow): EvaluationRecord {
  return EvaluationRecord.parse({
    runId: row.run_id,
    pipelineId: row.pipeline_id,
    label: row.label,
    summary: readJson(EvaluationSummary, row.summary),
  });
}
