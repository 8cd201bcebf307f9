/** Pipelines that wait, in the order of their turn. */
import { QueuedPipeline } from "#shared/schema/recipe-draft.ts";
import type { Connection } from "../database.ts";

export class QueueRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  list(): QueuedPipeline[] {
    return this.#db
      .prepare<[], { pipeline_id: string; held: number }>(
        "SELECT pipeline_id, held FROM launch_queue ORDER BY place",
      )
      .all()
      .map((row) => QueuedPipeline.parse({ pipelineId: row.pipeline_id, held: row.held === 1 }));
  }

  /** Puts these in place of what is kept. Call in a transaction. */
  replace(queue: readonly QueuedPipeline[]): void {
    this.#db.prepare("DELETE FROM launch_queue").run();
    const insert = this.#db.prepare(
      "INSERT INTO launch_queue (pipeline_id, place, held) VALUES (?, ?, ?)",
    );
    queue.forEach(({ pipelineId, held }, place) => insert.run(pipelineId, place, held ? 1 : 0));
  }
}
