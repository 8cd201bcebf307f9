/** Answers of judges and teachers behind endpoints, what each request cost, and how much a run may spend. */
import { UnpricedUse } from "#shared/schema/cost.ts";
import type { Unpriced } from "#shared/schema/cost.ts";
import { JsonValue } from "#shared/schema/json-value.ts";
import type { PipelineId, RunId } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";

export interface EndpointRequest {
  readonly runId: RunId | null;
  readonly purpose: string;
  readonly endpoint: string;
  readonly model: string;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly costUsd: number | null;
  readonly mostUsd: number;
  readonly timeMs: number;
}

/** Of a run, of a pipeline, or of all. */
export type UnpricedOf = {
  readonly runId?: RunId | undefined;
  readonly pipelineId?: PipelineId | undefined;
};

/** Requests of one purpose to one model. */
export interface RequestTotals {
  readonly purpose: string;
  readonly endpoint: string;
  readonly model: string;
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Of those whose cost is known. */
  readonly costUsd: number;
  readonly withoutCost: number;
}

export class EndpointAnswerRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  find(key: string): JsonValue | undefined {
    const row = this.#db
      .prepare<[string], { answer: string }>("SELECT answer FROM endpoint_answers WHERE key = ?")
      .get(key);
    return row === undefined ? undefined : readJson(JsonValue, row.answer);
  }

  keep(key: string, answer: JsonValue, nowMs: number): void {
    this.#db
      .prepare(
        `INSERT INTO endpoint_answers (key, answer, created_at_ms) VALUES (?, ?, ?)
         ON CONFLICT (key) DO NOTHING`,
      )
      .run(key, JSON.stringify(answer), nowMs);
  }

  /** Why the answer that this run was given cannot be used. */
  failure(runId: RunId, key: string): string | undefined {
    return this.#db
      .prepare<[string, string], { reason: string }>(
        "SELECT reason FROM endpoint_failures WHERE run_id = ? AND key = ?",
      )
      .get(runId, key)?.reason;
  }

  keepFailure(runId: RunId, key: string, reason: string): void {
    this.#db
      .prepare("INSERT OR REPLACE INTO endpoint_failures (run_id, key, reason) VALUES (?, ?, ?)")
      .run(runId, key, reason);
  }

  /** The run's next attempt asks again. */
  forgetFailures(runId: RunId): void {
    this.#db.prepare("DELETE FROM endpoint_failures WHERE run_id = ?").run(runId);
  }

  addRequest(request: EndpointRequest): void {
    this.#db
      .prepare(
        `INSERT INTO endpoint_requests (run_id, purpose, endpoint, model, prompt_tokens,
           completion_tokens, cost_usd, most_usd, time_ms)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        request.runId,
        request.purpose,
        request.endpoint,
        request.model,
        request.promptTokens,
        request.completionTokens,
        request.costUsd,
        request.mostUsd,
        request.timeMs,
      );
  }

  /** Dollars that count towards a run's cap. */
  spentUsd(runId: RunId, purpose: string): number {
    const row = this.#db
      .prepare<[string, string], { usd: number | null }>(
        `SELECT sum(coalesce(cost_usd, most_usd)) AS usd FROM endpoint_requests
         WHERE run_id = ? AND purpose = ?`,
      )
      .get(runId, purpose);
    return row?.usd ?? 0;
  }

  /** What was asked whose cost nobody knows, since its endpoint had no prices, newest first. */
  unpricedUses(of: UnpricedOf = {}): UnpricedUse[] {
    const [run, pipeline] = [of.runId ?? null, of.pipelineId ?? null];
    return this.#db
      .prepare<(string | null)[]>(
        `SELECT r.pipeline_id AS pipelineId, q.purpose, q.endpoint, q.model,
           count(*) AS requests, coalesce(sum(q.prompt_tokens), 0) AS promptTokens,
           coalesce(sum(q.completion_tokens), 0) AS completionTokens, max(q.time_ms) AS timeMs
         FROM endpoint_requests q LEFT JOIN runs r ON r.id = q.run_id
         WHERE q.cost_usd IS NULL AND (? IS NULL OR q.run_id = ?) AND (? IS NULL OR r.pipeline_id = ?)
         GROUP BY r.pipeline_id, q.purpose, q.endpoint, q.model ORDER BY max(q.id) DESC`,
      )
      .all(run, run, pipeline, pipeline)
      .map((row) => UnpricedUse.parse(row));
  }

  /** `unpricedUses` together. */
  unpriced(of: UnpricedOf = {}): Unpriced {
    return this.unpricedUses(of).reduce<Unpriced>(
      (sum, { requests, promptTokens, completionTokens }) => ({
        unpricedRequests: sum.unpricedRequests + requests,
        unpricedTokens: sum.unpricedTokens + promptTokens + completionTokens,
      }),
      { unpricedRequests: 0, unpricedTokens: 0 },
    );
  }

  /** What is not in the ledger yet, and from now on is. Within a transaction of the caller. */
  takeUncharged(runId: RunId | null): RequestTotals[] {
    const totals = this.#db
      .prepare<[string | null], RequestTotals>(
        `SELECT purpose, endpoint, model, count(*) AS requests,
           coalesce(sum(prompt_tokens), 0) AS promptTokens,
           coalesce(sum(completion_tokens), 0) AS completionTokens,
           coalesce(sum(cost_usd), 0) AS costUsd, count(*) - count(cost_usd) AS withoutCost
         FROM endpoint_requests WHERE run_id IS ? AND in_ledger = 0
         GROUP BY purpose, endpoint, model ORDER BY min(id)`,
      )
      .all(runId);
    this.#db
      .prepare("UPDATE endpoint_requests SET in_ledger = 1 WHERE run_id IS ? AND in_ledger = 0")
      .run(runId);
    return totals;
  }

  /** The run's raised cap; undefined where it has the recipe's. */
  capUsd(runId: RunId): number | undefined {
    return this.#db
      .prepare<[string], { cap_usd: number }>("SELECT cap_usd FROM run_caps WHERE run_id = ?")
      .get(runId)?.cap_usd;
  }

  setCapUsd(runId: RunId, capUsd: number): void {
    this.#db
      .prepare("INSERT OR REPLACE INTO run_caps (run_id, cap_usd) VALUES (?, ?)")
      .run(runId, capUsd);
  }
}
