/**
 * The ledger: one entry a run, with the prices it was valued at. Its time is what the run's attempts took, as lists and
 * heads of screens say it: the engine counts from its own start on, so its count is used only until they have ended.
 */
import { Usage } from "#shared/schema/engine-protocol.ts";
import { CostEntry, PriceList } from "#shared/schema/cost.ts";
import type { PipelineId, RunId } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";

interface CostRow {
  run_id: string;
  pipeline_id: string;
  stage_name: string;
  kind: string;
  time_ms: number;
  usage: string;
  prices: string;
  compute_usd: number;
  energy_usd: number | null;
  total_usd: number;
  active_ms: number | null;
}

const SELECT = `SELECT c.*, r.pipeline_id, r.stage_name, r.kind,
  (SELECT CASE WHEN count(*) = count(a.ended_at_ms)
     THEN sum(coalesce(a.active_ms, max(0, a.ended_at_ms - a.started_at_ms))) END
   FROM attempts a WHERE a.run_id = r.id) AS active_ms
  FROM cost_entries c
  JOIN runs r ON r.id = c.run_id JOIN pipelines p ON p.id = r.pipeline_id`;

export class CostRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  set(
    runId: RunId,
    entry: Pick<CostEntry, "timeMs" | "usage" | "prices" | "computeUsd" | "energyUsd" | "totalUsd">,
  ): void {
    this.#db
      .prepare(
        `INSERT INTO cost_entries (run_id, time_ms, usage, prices, compute_usd, energy_usd, total_usd)
         VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (run_id) DO UPDATE SET time_ms = excluded.time_ms, usage = excluded.usage,
           prices = excluded.prices, compute_usd = excluded.compute_usd,
           energy_usd = excluded.energy_usd, total_usd = excluded.total_usd`,
      )
      .run(
        runId,
        entry.timeMs,
        JSON.stringify(entry.usage),
        JSON.stringify(entry.prices),
        entry.computeUsd,
        entry.energyUsd,
        entry.totalUsd,
      );
  }

  ofRun(runId: RunId): CostEntry | null {
    const row = this.#db.prepare<[string], CostRow>(`${SELECT} WHERE c.run_id = ?`).get(runId);
    return row === undefined ? null : entryOf(row);
  }

  /** Of one pipeline, or of all but the tour's samples; newest pipeline first, in the recipe's order. */
  list(pipelineId: PipelineId | undefined): CostEntry[] {
    return this.#db
      .prepare<[string | null, string | null], CostRow>(
        `${SELECT} WHERE CASE WHEN ? IS NULL THEN p.origin <> 'tour' ELSE r.pipeline_id = ? END ORDER BY p.number DESC, r.position`,
      )
      .all(pipelineId ?? null, pipelineId ?? null)
      .map(entryOf);
  }
}

function entryOf(row: CostRow): CostEntry {
  const usage = readJson(Usage, row.usage);
  const wallMs = row.active_ms === null || row.active_ms === 0 ? usage.wallMs : row.active_ms;
  return CostEntry.parse({
    runId: row.run_id,
    pipelineId: row.pipeline_id,
    stageName: row.stage_name,
    kind: row.kind,
    timeMs: row.time_ms,
    usage: { ...usage, wallMs },
    prices: readJson(PriceList, row.prices),
    computeUsd: row.compute_usd,
    energyUsd: row.energy_usd,
    totalUsd: row.total_usd,
  });
}
