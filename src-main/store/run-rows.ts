/** Runs as the database holds them, and as the rest of the application knows them. */
import { z } from "zod";
import { Usage } from "#shared/schema/engine-protocol.ts";
import { Environment, Progress, Run, RunId, RunSummary, StatusReason } from "#shared/schema/run.ts";
import { readJson, readJsonOrNull } from "./json-column.ts";
import { readStage } from "./recipe-snapshot.ts";

export interface RunRow {
  id: string;
  pipeline_id: string;
  pipeline_name: string;
  position: number;
  stage_name: string;
  kind: string;
  status: string;
  status_reason: string | null;
  created_at_ms: number;
  started_at_ms: number | null;
  ended_at_ms: number | null;
  attempts: number;
  last_step: number;
  total_steps: number | null;
  progress: string | null;
  last_heard_at_ms: number | null;
  score: string | null;
  active_ms: number;
  working_since_ms: number | null;
  cost_usd: number | null;
  open_alarms: number;
  tags: string;
  model: string;
}

export interface FullRunRow extends RunRow {
  config: string;
  config_sha256: string;
  seed: number;
  environment: string;
  usage: string | null;
  warnings: string;
  out_dir: string;
  output_model: string | null;
  output_dataset: string | null;
  output_records: number | null;
  output_sha256: string | null;
}

/** Columns of RunRow; joins run (r) with its pipeline (p). */
export const SUMMARY_COLUMNS = `
  r.id, r.pipeline_id, p.name AS pipeline_name, coalesce((SELECT m.value FROM json_each(p.recipe, '$.models') m
     WHERE m.key = json_extract(r.config, '$.model')), json_extract(r.config, '$.model')) AS model, r.position, r.stage_name, r.kind, r.status,
  r.status_reason, r.created_at_ms, r.started_at_ms, r.ended_at_ms, r.attempts, r.last_step,
  r.total_steps, r.progress, r.last_heard_at_ms,
  (SELECT json_object('value', json_extract(e.summary, '$.pass1.value'),
     'low', json_extract(e.summary, '$.pass1.low'), 'high', json_extract(e.summary, '$.pass1.high'),
     'n', json_extract(e.summary, '$.n'), 'k', json_extract(e.summary, '$.k'))
   FROM evaluations e WHERE e.run_id = r.id) AS score,
  (SELECT coalesce(sum(coalesce(a.active_ms, max(0, a.ended_at_ms - a.started_at_ms))), 0)
   FROM attempts a WHERE a.run_id = r.id) AS active_ms,
  (SELECT max(a.started_at_ms) FROM attempts a WHERE a.run_id = r.id AND a.ended_at_ms IS NULL) AS working_since_ms,
  (SELECT c.total_usd FROM cost_entries c WHERE c.run_id = r.id) AS cost_usd,
  (SELECT count(*) FROM alarms a WHERE a.run_id = r.id AND a.dismissed_at_ms IS NULL) AS open_alarms,
  (SELECT json_group_array(t.tag ORDER BY t.tag) FROM run_tags t WHERE t.run_id = r.id) AS tags`;

export const FULL_COLUMNS = `${SUMMARY_COLUMNS},
  r.config, r.config_sha256, r.seed, r.environment, r.usage, r.warnings, r.out_dir,
  r.output_model, r.output_dataset, r.output_records, r.output_sha256`;

const Score = RunSummary.shape.score.unwrap();

function summaryFields(row: RunRow) {
  return {
    id: row.id,
    pipelineId: row.pipeline_id,
    pipelineName: row.pipeline_name,
    model: row.model,
    position: row.position,
    stageName: row.stage_name,
    kind: row.kind,
    status: row.status,
    statusReason: readJsonOrNull(StatusReason, row.status_reason),
    createdAtMs: row.created_at_ms,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    attempts: row.attempts,
    lastStep: row.last_step,
    totalSteps: row.total_steps,
    progress: readJsonOrNull(Progress, row.progress),
    lastHeardAtMs: row.last_heard_at_ms,
    score: readJsonOrNull(Score, row.score),
    activeMs: row.active_ms,
    workingSinceMs: row.working_since_ms,
    costUsd: row.cost_usd,
    openAlarms: row.open_alarms,
    tags: row.tags === "[]" ? [] : readJson(z.array(z.string()), row.tags),
  };
}

export function runSummaryOf(row: RunRow): RunSummary {
  return RunSummary.parse(summaryFields(row));
}

export function runOf(row: FullRunRow, parents: readonly string[]): Run {
  return Run.parse({
    ...summaryFields(row),
    parents: parents.map((id) => RunId.parse(id)),
    config: readStage(row.config),
    configSha256: row.config_sha256,
    seed: row.seed,
    environment: readJson(Environment, row.environment),
    usage: readJsonOrNull(Usage, row.usage),
    warnings: readJson(z.array(z.string()), row.warnings),
    outDir: row.out_dir,
    outputModel: row.output_model,
    outputDataset: row.output_dataset,
    outputRecords: row.output_records,
    outputSha256: row.output_sha256,
  });
}
