/** Versions of problem sets as the database holds them, and as the rest of the application knows them. */
import { z } from "zod";
import { ProblemSetName } from "#shared/schema/problem.ts";
import { ProblemSetStatistics } from "#shared/schema/problem-set.ts";
import type { ProblemSetSummary, ProblemSetVersion } from "#shared/schema/problem-set.ts";
import { readJson } from "../json-column.ts";

export interface VersionRow {
  readonly id: number;
  readonly set_id: number;
  readonly name: string;
  readonly title: string;
  readonly set_created_at_ms: number;
  readonly version: number;
  readonly content_sha256: string;
  readonly instruction: string;
  readonly licence: string;
  readonly source: string;
  readonly created_at_ms: number;
  readonly statistics: string;
}

export function summaryOf(row: VersionRow): ProblemSetSummary {
  return {
    name: ProblemSetName.parse(row.name),
    title: row.title,
    createdAtMs: row.set_created_at_ms,
    versions: row.version,
    latest: versionOf(row),
  };
}

export function versionOf(row: VersionRow): ProblemSetVersion {
  return {
    set: ProblemSetName.parse(row.name),
    version: z.int().parse(row.version),
    contentSha256: row.content_sha256,
    instruction: row.instruction,
    licence: row.licence,
    source: row.source,
    createdAtMs: row.created_at_ms,
    statistics: readJson(ProblemSetStatistics, row.statistics),
  };
}
