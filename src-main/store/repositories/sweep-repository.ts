/** Sweeps: which pipelines belong together, and in which options they differ. */
import { z } from "zod";
import { Sweep, SweepAxis, SweepId } from "#shared/schema/recipe-draft.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";

interface SweepRow {
  id: string;
  name: string;
  mode: string;
  axes: string;
  created_at_ms: number;
}

interface MemberRow {
  id: string;
  sweep_id: string;
  sweep_values: string;
}

export const SweepValues = z.record(z.string(), z.json());

export class SweepRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  insert(sweep: Pick<Sweep, "name" | "mode" | "axes" | "createdAtMs">): SweepId {
    const number = this.#db
      .prepare<[], number>(
        `INSERT INTO counters (name, value) VALUES ('sweep', 1)
         ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`,
      )
      .pluck()
      .get();
    const id = SweepId.parse(`s${number}`);
    this.#db
      .prepare(
        "INSERT INTO sweeps (id, number, name, mode, axes, created_at_ms) VALUES (?, ?, ?, ?, ?, ?)",
      )
      .run(id, number, sweep.name, sweep.mode, JSON.stringify(sweep.axes), sweep.createdAtMs);
    return id;
  }

  add(id: SweepId, pipelineId: PipelineId, values: z.infer<typeof SweepValues>): void {
    this.#db
      .prepare("UPDATE pipelines SET sweep_id = ?, sweep_values = ? WHERE id = ?")
      .run(id, JSON.stringify(values), pipelineId);
  }

  /** Newest first; one whose pipelines are all deleted is left out. */
  list(): Sweep[] {
    const members = Map.groupBy(
      this.#db
        .prepare<[], MemberRow>(
          "SELECT id, sweep_id, sweep_values FROM pipelines WHERE sweep_id IS NOT NULL ORDER BY number",
        )
        .all(),
      (row) => row.sweep_id,
    );
    return this.#db
      .prepare<[], SweepRow>("SELECT * FROM sweeps ORDER BY number DESC")
      .all()
      .flatMap((row) => {
        const own = members.get(row.id);
        if (own === undefined) return [];
        return [
          Sweep.parse({
            id: row.id,
            name: row.name,
            mode: row.mode,
            axes: readJson(z.array(SweepAxis), row.axes),
            createdAtMs: row.created_at_ms,
            members: own.map((member) => ({
              pipelineId: member.id,
              values: readJson(SweepValues, member.sweep_values),
            })),
          }),
        ];
      });
  }
}
