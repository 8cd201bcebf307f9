/**
 * How often models solved the problems of a set. Kept by a problem's content: what a version has in common with the one
 * before needs no new measurement. A new measurement of a problem by the same model takes the old one's place.
 */
import type { MeasuredModel } from "#shared/schema/problem-set.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import type { Connection } from "../database.ts";
import { problemContent } from "../problems/problem-content.ts";

export interface NewMeasurement {
  readonly set: string;
  readonly version: number;
  /** What stands for the model: the hash of its files where it is known, else its name. */
  readonly modelKey: string;
  readonly modelName: string;
  readonly runId: string | null;
  readonly measuredAtMs: number;
}

export interface MeasuredProblem {
  readonly problem: Pick<SetProblem, "messages" | "gold" | "verifier">;
  readonly samples: number;
  readonly correct: number;
}

export class PassRateRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** Within a transaction of the caller. */
  insert(measurement: NewMeasurement, rates: readonly MeasuredProblem[]): void {
    const { lastInsertRowid: id } = this.#db
      .prepare(
        `INSERT INTO problem_measurements (set_id, version, model_key, model_name, run_id, measured_at_ms)
         SELECT id, ?, ?, ?, ?, ? FROM problem_sets WHERE name = ?`,
      )
      .run(
        measurement.version,
        measurement.modelKey,
        measurement.modelName,
        measurement.runId,
        measurement.measuredAtMs,
        measurement.set,
      );
    const insert = this.#db.prepare(
      `INSERT INTO problem_pass_rates (set_id, model_key, content, measurement_id, samples, correct)
       SELECT set_id, model_key, ?, id, ?, ? FROM problem_measurements WHERE id = ?
       ON CONFLICT DO UPDATE SET measurement_id = excluded.measurement_id,
         samples = excluded.samples, correct = excluded.correct`,
    );
    for (const { problem, samples, correct } of rates)
      insert.run(problemContent(problem), samples, correct, id);
  }

  /** Every model that a set was measured with, the last one first. */
  models(set: string): MeasuredModel[] {
    return this.#db
      .prepare<[string], MeasuredModel>(
        `SELECT r.model_key AS key,
           (SELECT model_name FROM problem_measurements n WHERE n.set_id = s.id
              AND n.model_key = r.model_key ORDER BY n.measured_at_ms DESC, n.id DESC LIMIT 1) AS name,
           count(*) AS problems, sum(r.samples) AS samples, sum(r.correct) AS correct,
           max(m.measured_at_ms) AS measuredAtMs
         FROM problem_sets s JOIN problem_pass_rates r ON r.set_id = s.id
         JOIN problem_measurements m ON m.id = r.measurement_id
         WHERE s.name = ? GROUP BY r.model_key ORDER BY measuredAtMs DESC, max(m.id) DESC`,
      )
      .all(set);
  }

  /** @param model its key or name; undefined: the one measured last. Null: none of the kind. */
  modelOf(set: string, model: string | undefined): MeasuredModel | null {
    const models = this.models(set);
    if (model === undefined) return models[0] ?? null;
    return models.find(({ key, name }) => key === model || name === model) ?? null;
  }
}
