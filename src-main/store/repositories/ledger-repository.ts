/** Costs that no run makes (bought, or a person's time), and the prices as they were over time. */
import { LedgerEntry, PriceChange, PriceList } from "#shared/schema/cost.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";

interface LedgerRow {
  id: number;
  time_ms: number;
  kind: string;
  note: string;
  pipeline_id: string | null;
  quantity: number;
  unit: string;
  usd_per_unit: number;
  total_usd: number;
  how: string;
}

export class LedgerRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  /** The amount is quantity times price. */
  add(entry: Omit<LedgerEntry, "id" | "totalUsd">): LedgerEntry {
    const totalUsd = entry.quantity * entry.usdPerUnit;
    const { lastInsertRowid } = this.#db
      .prepare(
        `INSERT INTO ledger_entries (time_ms, kind, note, pipeline_id, quantity, unit, usd_per_unit,
           total_usd, how)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        entry.timeMs,
        entry.kind,
        entry.note,
        entry.pipelineId,
        entry.quantity,
        entry.unit,
        entry.usdPerUnit,
        totalUsd,
        entry.how,
      );
    return LedgerEntry.parse({ ...entry, id: Number(lastInsertRowid), totalUsd });
  }

  /** Newest first; of one pipeline, or all. */
  list(pipelineId: PipelineId | undefined): LedgerEntry[] {
    return this.#db
      .prepare<[string | null, string | null], LedgerRow>(
        `SELECT * FROM ledger_entries WHERE (? IS NULL OR pipeline_id = ?)
         ORDER BY time_ms DESC, id DESC`,
      )
      .all(pipelineId ?? null, pipelineId ?? null)
      .map((row) =>
        LedgerEntry.parse({
          id: row.id,
          timeMs: row.time_ms,
          kind: row.kind,
          note: row.note,
          pipelineId: row.pipeline_id,
          quantity: row.quantity,
          unit: row.unit,
          usdPerUnit: row.usd_per_unit,
          totalUsd: row.total_usd,
          how: row.how,
        }),
      );
  }

  addPriceChange(change: PriceChange): void {
    this.#db
      .prepare("INSERT INTO price_changes (time_ms, prices) VALUES (?, ?)")
      .run(change.timeMs, JSON.stringify(change.prices));
  }

  /** Newest first. */
  priceChanges(): PriceChange[] {
    return this.#db
      .prepare<[], { time_ms: number; prices: string }>(
        "SELECT time_ms, prices FROM price_changes ORDER BY id DESC",
      )
      .all()
      .map((row) =>
        PriceChange.parse({ timeMs: row.time_ms, prices: readJson(PriceList, row.prices) }),
      );
  }
}
