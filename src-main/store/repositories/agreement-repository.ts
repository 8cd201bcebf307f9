/** How judges agreed with people, by rubric and model. */
import { Agreement } from "#shared/schema/judge.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";

interface Row {
  readonly result: string;
}

export class AgreementRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  add(agreement: Agreement): void {
    this.#db
      .prepare(
        "INSERT INTO judge_agreements (rubric, model, result, measured_at_ms) VALUES (?, ?, ?, ?)",
      )
      .run(
        agreement.rubricSha256 ?? OWN,
        agreement.model,
        JSON.stringify(agreement),
        agreement.measuredAtMs,
      );
  }

  /** The last of a rubric and a model. @param rubricSha256 null: each problem's own rubric */
  latest(rubricSha256: string | null, model: string): Agreement | null {
    const row = this.#db
      .prepare<[string, string], Row>(
        `SELECT result FROM judge_agreements WHERE rubric = ? AND model = ?
         ORDER BY measured_at_ms DESC, id DESC LIMIT 1`,
      )
      .get(rubricSha256 ?? OWN, model);
    return row === undefined ? null : readJson(Agreement, row.result);
  }

  /** Newest first. */
  list(): Agreement[] {
    return this.#db
      .prepare<[], Row>("SELECT result FROM judge_agreements ORDER BY measured_at_ms DESC, id DESC")
      .all()
      .map(({ result }) => readJson(Agreement, result));
  }
}

const OWN = "own";
