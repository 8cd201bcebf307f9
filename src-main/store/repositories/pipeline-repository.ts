/** Pipelines: recipes that were started. */
import { AppError } from "#shared/errors.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import type { RecipeId } from "#shared/schema/recipe-draft.ts";
import type { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import { Pipeline, PipelineId, PipelineSummary, StatusReason } from "#shared/schema/run.ts";
import type { RunStatus } from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { readJson, readJsonOrNull, writeJsonOrNull } from "../json-column.ts";
import { readRecipe } from "../recipe-snapshot.ts";
import type { RunRepository } from "./run-repository.ts";
import type { UnwrittenStates } from "../unwritten-states.ts";
import { SweepValues } from "./sweep-repository.ts";

interface PipelineRow {
  id: string;
  name: string;
  origin: string;
  seed: number;
  status: string;
  status_reason: string | null;
  created_at_ms: number;
  started_at_ms: number | null;
  ended_at_ms: number | null;
  active_ms: number;
  cost_usd: number | null;
  sweep_id: string | null;
  sweep_values: string | null;
}

interface FullPipelineRow extends PipelineRow {
  recipe: string;
  recipe_yaml: string | null;
  recipe_sha256: string;
}

const COLUMNS = `
  p.id, p.name, p.origin, p.seed, p.status, p.status_reason, p.created_at_ms, p.started_at_ms,
  p.ended_at_ms, p.sweep_id, p.sweep_values,
  (SELECT coalesce(sum(coalesce(a.active_ms, max(0, coalesce(a.ended_at_ms, $now) - a.started_at_ms))), 0)
   FROM attempts a JOIN runs r ON r.id = a.run_id WHERE r.pipeline_id = p.id) AS active_ms,
  (SELECT sum(usd) FROM (
     SELECT c.total_usd AS usd FROM cost_entries c JOIN runs r ON r.id = c.run_id
     WHERE r.pipeline_id = p.id
     UNION ALL SELECT l.total_usd FROM ledger_entries l
     WHERE l.pipeline_id = p.id AND l.kind <> 'human')) AS cost_usd`;

export interface NewPipeline {
  readonly name: string;
  readonly origin: Pipeline["origin"];
  readonly recipe: Recipe;
  readonly recipeYaml: string | null;
  readonly recipeSha256: string;
  readonly seed: number;
  readonly runtime: RuntimeChoice;
  readonly createdAtMs: number;
  readonly recipeId?: RecipeId | undefined;
}

export class PipelineRepository {
  readonly #db: Connection;
  readonly #unwritten: UnwrittenStates;
  readonly #runs: RunRepository;
  readonly #now: () => number;

  constructor(db: Connection, runs: RunRepository, unwritten: UnwrittenStates, now: () => number) {
    this.#db = db;
    this.#unwritten = unwritten;
    this.#runs = runs;
    this.#now = now;
  }

  /** Numbers are never used twice, even after a deletion: an id always means the same pipeline. */
  insert(pipeline: NewPipeline): PipelineId {
    const number = this.#db
      .prepare<[], number>(
        `INSERT INTO counters (name, value) VALUES ('pipeline', 1)
         ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`,
      )
      .pluck()
      .get();
    const id = PipelineId.parse(`p${number}`);
    this.#db
      .prepare(
        `INSERT INTO pipelines (id, number, name, origin, recipe, recipe_yaml, recipe_sha256, seed,
           runtime, status, created_at_ms, recipe_id)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)`,
      )
      .run(
        id,
        number,
        pipeline.name,
        pipeline.origin,
        JSON.stringify(pipeline.recipe),
        pipeline.recipeYaml,
        pipeline.recipeSha256,
        pipeline.seed,
        pipeline.runtime,
        pipeline.createdAtMs,
        pipeline.recipeId ?? null,
      );
    return id;
  }

  /** Throws NOT_FOUND. */
  get(id: PipelineId): Pipeline {
    const row = this.#db
      .prepare<{ id: string; now: number }, FullPipelineRow>(
        `SELECT ${COLUMNS}, p.recipe, p.recipe_yaml, p.recipe_sha256 FROM pipelines p WHERE p.id = $id`,
      )
      .get({ id, now: this.#now() });
    if (row === undefined) throw noPipeline(id);
    return Pipeline.parse({
      ...this.#summaryFields(row),
      recipe: readRecipe(row.recipe),
      recipeYaml: row.recipe_yaml,
      recipeSha256: row.recipe_sha256,
    });
  }

  /** Throws NOT_FOUND. */
  summary(id: PipelineId): PipelineSummary {
    const row = this.#db
      .prepare<{ id: string; now: number }, PipelineRow>(
        `SELECT ${COLUMNS} FROM pipelines p WHERE p.id = $id`,
      )
      .get({ id, now: this.#now() });
    if (row === undefined) throw noPipeline(id);
    return PipelineSummary.parse(this.#summaryFields(row));
  }

  /** Newest first. */
  list(filter: {
    status?: readonly RunStatus[] | undefined;
    text?: string | undefined;
    offset: number;
    limit: number;
  }): { total: number; pipelines: PipelineSummary[] } {
    const parameters = {
      now: this.#now(),
      status: filter.status === undefined ? null : JSON.stringify(filter.status),
      text: filter.text ?? "",
      offset: filter.offset,
      limit: filter.limit,
    };
    const conditions = [
      ...(parameters.status === null ? [] : ["p.status IN (SELECT value FROM json_each($status))"]),
      ...(parameters.text === "" ? [] : ["instr(lower(p.id || ' ' || p.name), lower($text)) > 0"]),
    ];
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    const total = this.#db
      .prepare<typeof parameters, number>(`SELECT count(*) FROM pipelines p ${where}`)
      .pluck()
      .get(parameters);
    const rows = this.#db
      .prepare<typeof parameters, PipelineRow>(
        // Numbers are skipped in their index alone; a whole row holds a recipe, and is read only for the page.
        `SELECT ${COLUMNS} FROM pipelines p WHERE p.number IN
           (SELECT p.number FROM pipelines p ${where} ORDER BY p.number DESC LIMIT $limit OFFSET $offset)
         ORDER BY p.number DESC`,
      )
      .all(parameters);
    return {
      total: total ?? 0,
      pipelines: rows.map((row) => PipelineSummary.parse(this.#summaryFields(row))),
    };
  }

  newestFinished(origin: Pipeline["origin"]): PipelineSummary | undefined {
    const id = this.#db
      .prepare<[string], string>(
        `SELECT id FROM pipelines WHERE origin = ? AND status = 'finished'
         ORDER BY number DESC LIMIT 1`,
      )
      .pluck()
      .get(origin);
    return id === undefined ? undefined : this.summary(PipelineId.parse(id));
  }

  runtimeOf(id: PipelineId): string {
    const runtime = this.#db
      .prepare<[string], string>("SELECT runtime FROM pipelines WHERE id = ?")
      .pluck()
      .get(id);
    if (runtime === undefined) throw noPipeline(id);
    return runtime;
  }

  setStatus(id: PipelineId, status: RunStatus, reason: StatusReason | null): void {
    const now = this.#now();
    const ended = ["finished", "failed", "stopped", "cancelled"].includes(status);
    this.#db
      .prepare(
        `UPDATE pipelines SET status = ?, status_reason = ?, ended_at_ms = ?,
           started_at_ms = CASE WHEN ? = 'running' THEN coalesce(started_at_ms, ?) ELSE started_at_ms END,
           dismissed_at_ms = NULL
         WHERE id = ?`,
      )
      .run(status, writeJsonOrNull(reason), ended ? now : null, status, now, id);
  }

  dismiss(id: PipelineId): void {
    this.#db.prepare("UPDATE pipelines SET dismissed_at_ms = ? WHERE id = ?").run(this.#now(), id);
  }

  /** Failed and stopped pipelines that nobody has looked at, newest first. */
  undismissed(): PipelineSummary[] {
    return this.#db
      .prepare<[], string>(
        `SELECT id FROM pipelines WHERE status IN ('failed', 'stopped') AND dismissed_at_ms IS NULL
         ORDER BY number DESC`,
      )
      .pluck()
      .all()
      .map((id) => this.summary(PipelineId.parse(id)));
  }

  delete(id: PipelineId): void {
    const { changes } = this.#db.prepare("DELETE FROM pipelines WHERE id = ?").run(id);
    if (changes === 0) throw noPipeline(id);
  }

  #summaryFields(written: PipelineRow) {
    const row = this.#unwritten.over(written);
    return {
      id: row.id,
      name: row.name,
      origin: row.origin,
      seed: row.seed,
      status: row.status,
      statusReason: readJsonOrNull(StatusReason, row.status_reason),
      createdAtMs: row.created_at_ms,
      startedAtMs: row.started_at_ms,
      endedAtMs: row.ended_at_ms,
      activeMs: row.active_ms,
      readAtMs: this.#now(),
      costUsd: row.cost_usd,
      ...(row.sweep_id === null || row.sweep_values === null
        ? {}
        : { sweep: { id: row.sweep_id, values: readJson(SweepValues, row.sweep_values) } }),
      runs: this.#runs.ofPipeline(PipelineId.parse(row.id)),
    };
  }
}

function noPipeline(id: string): AppError {
  return new AppError(
    "NOT_FOUND",
    `There is no pipeline "${id}".`,
    "`gradus runs list` shows them all.",
  );
}
