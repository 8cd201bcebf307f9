/** Stage runs: their immutable snapshots and their changing state. */
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { Usage } from "#shared/schema/engine-protocol.ts";
import type { Stage } from "#shared/schema/recipe.ts";
import { PipelineId, RunId } from "#shared/schema/run.ts";
import type {
  Environment,
  Progress,
  Run,
  RunStatus,
  RunSummary,
  StatusReason,
} from "#shared/schema/run.ts";
import type { Connection } from "../database.ts";
import { FULL_COLUMNS, runOf, runSummaryOf, SUMMARY_COLUMNS } from "../run-rows.ts";
import type { UnwrittenStates } from "../unwritten-states.ts";
import type { FullRunRow, RunRow } from "../run-rows.ts";

const OutputModelRow = z.object({
  id: RunId,
  name: z.string(),
  pipelineId: PipelineId,
  path: z.string(),
  sha256: z.string().nullable(),
  endedAtMs: z.number(),
});

export interface NewRun {
  readonly id: RunId;
  readonly pipelineId: PipelineId;
  readonly position: number;
  readonly config: Stage;
  readonly configSha256: string;
  readonly seed: number;
  readonly environment: Environment;
  readonly parents: readonly RunId[];
  readonly outDir: string;
  readonly createdAtMs: number;
}

export interface RunFilter {
  readonly pipelineId?: PipelineId | undefined;
  readonly status?: readonly RunStatus[] | undefined;
  readonly kind?: readonly string[] | undefined;
  readonly text?: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

export class RunRepository {
  readonly #db: Connection;
  readonly #unwritten: UnwrittenStates;
  readonly #monotonic: () => number;
  /** When the attempts that this process began did so, by the monotonic clock. */
  readonly #begun = new Map<RunId, number>();

  /** @param monotonic milliseconds of a clock that no change of the date moves. */
  constructor(db: Connection, unwritten: UnwrittenStates, monotonic: () => number) {
    this.#db = db;
    this.#unwritten = unwritten;
    this.#monotonic = monotonic;
  }

  insert(run: NewRun): void {
    this.#db
      .prepare(
        `INSERT INTO runs (id, pipeline_id, position, stage_name, kind, status, created_at_ms,
           config, config_sha256, seed, environment, out_dir)
         VALUES (?, ?, ?, ?, ?, 'queued', ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        run.id,
        run.pipelineId,
        run.position,
        run.config.name,
        run.config.kind,
        run.createdAtMs,
        JSON.stringify(run.config),
        run.configSha256,
        run.seed,
        JSON.stringify(run.environment),
        run.outDir,
      );
    const parent = this.#db.prepare("INSERT INTO run_parents (run_id, parent_id) VALUES (?, ?)");
    for (const id of run.parents) parent.run(run.id, id);
  }

  /** Throws NOT_FOUND. */
  get(id: RunId): Run {
    const row = this.#db
      .prepare<[string], FullRunRow>(
        `SELECT ${FULL_COLUMNS} FROM runs r JOIN pipelines p ON p.id = r.pipeline_id WHERE r.id = ?`,
      )
      .get(id);
    if (row === undefined) throw noRun(id);
    const parents = this.#db
      .prepare<[string], string>("SELECT parent_id FROM run_parents WHERE run_id = ?")
      .pluck()
      .all(id);
    return runOf(this.#unwritten.over(row), parents);
  }

  has(id: RunId): boolean {
    return this.#db.prepare("SELECT 1 FROM runs WHERE id = ?").get(id) !== undefined;
  }

  /** Whether it began when 0.1.0's rule held problems out: it may have trained on what is held out now. */
  isDividedBefore(id: RunId): boolean {
    return (
      this.#db
        .prepare<[string], number>("SELECT divided_before FROM runs WHERE id = ?")
        .pluck()
        .get(id) === 1
    );
  }

  /** Throws NOT_FOUND. */
  summary(id: RunId): RunSummary {
    const row = this.#db
      .prepare<[string], RunRow>(
        `SELECT ${SUMMARY_COLUMNS} FROM runs r JOIN pipelines p ON p.id = r.pipeline_id WHERE r.id = ?`,
      )
      .get(id);
    if (row === undefined) throw noRun(id);
    return runSummaryOf(this.#unwritten.over(row));
  }

  /** In the recipe's order. */
  ofPipeline(pipelineId: PipelineId): RunSummary[] {
    return this.#db
      .prepare<[string], RunRow>(
        `SELECT ${SUMMARY_COLUMNS} FROM runs r JOIN pipelines p ON p.id = r.pipeline_id
         WHERE r.pipeline_id = ? ORDER BY r.position`,
      )
      .all(pipelineId)
      .map((row) => runSummaryOf(this.#unwritten.over(row)));
  }

  /** Newest pipeline first, stages in the recipe's order. */
  list(filter: RunFilter): { total: number; runs: RunSummary[] } {
    const where: string[] = ["1"];
    const values: (string | number)[] = [];
    if (filter.pipelineId !== undefined) {
      where.push("r.pipeline_id = ?");
      values.push(filter.pipelineId);
    }
    for (const [column, wanted] of [
      ["r.status", filter.status],
      ["r.kind", filter.kind],
    ] as const) {
      if (wanted === undefined) continue;
      where.push(`${column} IN (SELECT value FROM json_each(?))`);
      values.push(JSON.stringify(wanted));
    }
    if (filter.text !== undefined && filter.text !== "") {
      where.push("instr(lower(r.id || ' ' || p.name || ' ' || r.stage_name), lower(?)) > 0");
      values.push(filter.text);
    }
    const pipelines = "JOIN pipelines p ON p.id = r.pipeline_id";
    const condition = `WHERE ${where.join(" AND ")}`;
    // Pipelines hold recipes: they are counted along only where their names are searched.
    const counted = filter.text === undefined || filter.text === "" ? "" : pipelines;
    const total = this.#db
      .prepare<(string | number)[], number>(`SELECT count(*) FROM runs r ${counted} ${condition}`)
      .pluck()
      .get(...values);
    const rows = this.#db
      .prepare<(string | number)[], RunRow>(
        `SELECT ${SUMMARY_COLUMNS} FROM runs r ${pipelines} ${condition} ORDER BY p.number DESC, r.position LIMIT ? OFFSET ?`,
      )
      .all(...values, filter.limit, filter.offset);
    return { total: total ?? 0, runs: rows.map((row) => runSummaryOf(this.#unwritten.over(row))) };
  }

  /** First to last. */
  attempts(id: RunId): { startedAtMs: number; endedAtMs: number | null }[] {
    return this.#db
      .prepare<[string], { startedAtMs: number; endedAtMs: number | null }>(
        `SELECT started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs FROM attempts
         WHERE run_id = ? ORDER BY attempt`,
      )
      .all(id);
  }

  /** Ids of runs in one of these states, oldest pipeline first. */
  idsByStatus(status: readonly RunStatus[]): RunId[] {
    return this.#db
      .prepare<[string], RunRow>(
        `SELECT ${SUMMARY_COLUMNS} FROM runs r JOIN pipelines p ON p.id = r.pipeline_id
         WHERE r.status IN (SELECT value FROM json_each(?)) ORDER BY p.number, r.position`,
      )
      .all(JSON.stringify(status))
      .map((row) => runSummaryOf(row).id);
  }

  /** Finished runs that wrote a model, newest first. */
  withOutputModel(): z.infer<typeof OutputModelRow>[] {
    return this.#db
      .prepare(
        `SELECT r.id, r.pipeline_id AS pipelineId, p.name || ' ' || p.id || ': ' || r.stage_name AS name,
           r.output_model AS path, r.output_sha256 AS sha256, r.ended_at_ms AS endedAtMs
         FROM runs r JOIN pipelines p ON p.id = r.pipeline_id
         WHERE r.status = 'finished' AND r.output_model IS NOT NULL
         ORDER BY p.number DESC, r.position DESC`,
      )
      .all()
      .map((row) => OutputModelRow.parse(row));
  }

  setStatus(id: RunId, status: RunStatus, reason: StatusReason | null): void {
    this.#db
      .prepare("UPDATE runs SET status = ?, status_reason = ? WHERE id = ?")
      .run(status, reason === null ? null : JSON.stringify(reason), id);
  }

  /** Counts an attempt. Gives its number. */
  startAttempt(id: RunId, fromStep: number, nowMs: number): number {
    this.#db
      .prepare(
        `UPDATE runs SET status = 'running', status_reason = NULL, attempts = attempts + 1,
           started_at_ms = coalesce(started_at_ms, ?), ended_at_ms = NULL, progress = NULL,
           last_heard_at_ms = NULL WHERE id = ?`,
      )
      .run(nowMs, id);
    const attempt = this.#db
      .prepare<[string], number>("SELECT attempts FROM runs WHERE id = ?")
      .pluck()
      .get(id);
    if (attempt === undefined) throw noRun(id);
    this.#db
      .prepare(
        "INSERT INTO attempts (run_id, attempt, from_step, started_at_ms) VALUES (?, ?, ?, ?)",
      )
      .run(id, attempt, fromStep, nowMs);
    this.#begun.set(id, this.#monotonic());
    return attempt;
  }

  setAttemptPid(id: RunId, attempt: number, pid: number): void {
    this.#db
      .prepare("UPDATE attempts SET pid = ? WHERE run_id = ? AND attempt = ?")
      .run(pid, id, attempt);
  }

  /** The process and start of the attempt that has no end yet; undefined where there is none. */
  openAttempt(id: RunId): { attempt: number; pid: number | null; startedAtMs: number } | undefined {
    return this.#db
      .prepare<[string], { attempt: number; pid: number | null; startedAtMs: number }>(
        `SELECT attempt, pid, started_at_ms AS startedAtMs FROM attempts
         WHERE run_id = ? AND ended_at_ms IS NULL ORDER BY attempt DESC LIMIT 1`,
      )
      .get(id);
  }

  endAttempt(id: RunId, status: RunStatus, reason: StatusReason | null, endedAtMs: number): void {
    this.setStatus(id, status, reason);
    this.#db.prepare("UPDATE runs SET ended_at_ms = ? WHERE id = ?").run(endedAtMs, id);
    const begun = this.#begun.get(id);
    this.#begun.delete(id);
    this.#db
      .prepare(
        `UPDATE attempts SET ended_at_ms = ?, ended_as = ?, active_ms = ?
         WHERE run_id = ? AND ended_at_ms IS NULL`,
      )
      .run(endedAtMs, status, begun === undefined ? null : this.#monotonic() - begun, id);
  }

  setStarted(
    id: RunId,
    started: { environment: Environment; totalSteps: number; warnings: readonly string[] },
  ): void {
    this.#db
      .prepare("UPDATE runs SET environment = ?, total_steps = ?, warnings = ? WHERE id = ?")
      .run(
        JSON.stringify(started.environment),
        started.totalSteps,
        JSON.stringify(started.warnings),
        id,
      );
  }

  setProgress(id: RunId, progress: Progress): void {
    this.#db.prepare("UPDATE runs SET progress = ? WHERE id = ?").run(JSON.stringify(progress), id);
  }

  setLastStep(id: RunId, step: number): void {
    this.#db.prepare("UPDATE runs SET last_step = ? WHERE id = ?").run(step, id);
  }

  setLastHeard(id: RunId, timeMs: number): void {
    this.#db.prepare("UPDATE runs SET last_heard_at_ms = ? WHERE id = ?").run(timeMs, id);
  }

  setUsage(id: RunId, usage: Usage): void {
    this.#db.prepare("UPDATE runs SET usage = ? WHERE id = ?").run(JSON.stringify(usage), id);
  }

  setOutputSha256(id: RunId, sha256: string): void {
    this.#db.prepare("UPDATE runs SET output_sha256 = ? WHERE id = ?").run(sha256, id);
  }

  setOutput(
    id: RunId,
    output: { kind: "model" | "dataset"; path: string; records?: number | undefined },
  ): void {
    const column = output.kind === "model" ? "output_model" : "output_dataset";
    this.#db
      .prepare(
        `UPDATE runs SET ${column} = ?, output_records = coalesce(?, output_records) WHERE id = ?`,
      )
      .run(output.path, output.records ?? null, id);
  }
}

function noRun(id: string): AppError {
  return new AppError(
    "NOT_FOUND",
    `There is no run "${id}".`,
    "`gradus runs list` shows them all.",
  );
}
