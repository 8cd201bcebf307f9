/** Jobs that sample records from a teacher: what was asked, how far it came, and which samples are there. */
import { GenerateRequest } from "#shared/contract/generate.ts";
import { DatasetJob } from "#shared/schema/dataset.ts";
import type { DatasetId, Verdict } from "#shared/schema/dataset.ts";
import type { Connection } from "../database.ts";
import { readJson } from "../json-column.ts";

export interface GenerateJob {
  readonly job: DatasetJob;
  readonly request: GenerateRequest;
  readonly datasetId: DatasetId;
}

export interface GeneratePlace {
  readonly prompt: number;
  readonly sample: number;
  /** null: the teacher refused the prompt. */
  readonly verdict: Verdict | null;
  readonly costUsd: number | null;
  /** Where the cost is not known. */
  readonly unpricedTokens: number;
  /** null: not kept. */
  readonly recordId: number | null;
}

interface Row {
  dataset_id: DatasetId;
  request: string;
  job: string;
}

export class GenerateRepository {
  readonly #db: Connection;

  constructor(db: Connection) {
    this.#db = db;
  }

  insert(entry: GenerateJob): void {
    this.#db
      .prepare("INSERT INTO generate_jobs (id, dataset_id, request, job) VALUES (?, ?, ?, ?)")
      .run(entry.job.id, entry.datasetId, JSON.stringify(entry.request), JSON.stringify(entry.job));
  }

  setJob(job: DatasetJob): void {
    this.#db
      .prepare("UPDATE generate_jobs SET job = ? WHERE id = ?")
      .run(JSON.stringify(job), job.id);
  }

  get(id: string): GenerateJob | undefined {
    const row = this.#db
      .prepare<[string], Row>("SELECT dataset_id, request, job FROM generate_jobs WHERE id = ?")
      .get(id);
    return row === undefined ? undefined : jobOf(row);
  }

  /** Newest first. */
  list(): GenerateJob[] {
    return this.#db
      .prepare<[], Row>(
        `SELECT dataset_id, request, job FROM generate_jobs
         ORDER BY json_extract(job, '$.startedAtMs') DESC, id`,
      )
      .all()
      .map(jobOf);
  }

  addSample(jobId: string, place: GeneratePlace): void {
    this.#db
      .prepare(
        `INSERT INTO generate_samples (job_id, prompt_index, sample_index, verdict, cost_usd, record_id)
         VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
      )
      .run(
        jobId,
        place.prompt,
        place.sample,
        place.verdict ?? "refused",
        place.costUsd,
        place.recordId,
      );
    if (place.unpricedTokens === 0) return;
    this.#db
      .prepare(
        `UPDATE generate_jobs SET job = json_set(job, '$.unpricedTokens',
           coalesce(json_extract(job, '$.unpricedTokens'), 0) + ?) WHERE id = ?`,
      )
      .run(place.unpricedTokens, jobId);
  }

  /** Places that are done, as `${prompt}:${sample}`. */
  done(jobId: string): Set<string> {
    const places = this.#db
      .prepare<[string], string>(
        "SELECT prompt_index || ':' || sample_index FROM generate_samples WHERE job_id = ?",
      )
      .pluck()
      .all(jobId);
    return new Set(places);
  }

  totals(jobId: string): {
    sampled: number;
    accepted: number;
    kept: number;
    costUsd: number | null;
    unpricedTokens: number;
  } {
    const row = this.#db
      .prepare<
        [string],
        { sampled: number; accepted: number | null; kept: number; costUsd: number | null }
      >(
        `SELECT count(*) AS sampled, sum(verdict = 'correct') AS accepted,
           count(record_id) AS kept, sum(cost_usd) AS costUsd
         FROM generate_samples WHERE job_id = ? AND verdict <> 'refused'`,
      )
      .get(jobId);
    return {
      sampled: row?.sampled ?? 0,
      accepted: row?.accepted ?? 0,
      kept: row?.kept ?? 0,
      costUsd: row?.costUsd ?? null,
      unpricedTokens: this.get(jobId)?.job.unpricedTokens ?? 0,
    };
  }

  recordIds(jobId: string): number[] {
    return this.#db
      .prepare<[string], number>(
        `SELECT record_id FROM generate_samples WHERE job_id = ? AND record_id IS NOT NULL
         ORDER BY record_id`,
      )
      .pluck()
      .all(jobId);
  }
}

function jobOf(row: Row): GenerateJob {
  return {
    datasetId: row.dataset_id,
    request: readJson(GenerateRequest, row.request),
    job: readJson(DatasetJob, row.job),
  };
}
