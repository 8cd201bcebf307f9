/** Problems as the database holds them, and as the rest of the application knows them. */
import { z } from "zod";
import { JsonValue } from "#shared/schema/json-value.ts";
import { ProblemMessage, ProblemSplit } from "#shared/schema/problem.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import { parseForWriting } from "#main/platform/exact-json.ts";
import { readJson } from "../json-column.ts";
import type { IncomingProblem } from "./problem-content.ts";

export interface ProblemRow {
  readonly problem_id: string;
  readonly prompt: string;
  readonly messages: string | null;
  readonly gold: string | null;
  readonly verifier: string;
  readonly options: string;
  readonly solution: string | null;
  readonly tags: string;
  readonly difficulty: number | null;
  readonly columns: string;
  readonly split: string;
}

export const PROBLEM_COLUMNS = `p.problem_id, t.prompt, t.messages, t.gold, p.verifier, t.options, t.solution,
  t.tags, p.difficulty, t.columns, p.split`;

const Messages = z.array(ProblemMessage).min(1);
const Values = z.record(z.string(), JsonValue);
const Written = z.record(z.string(), z.unknown());
const Tags = z.array(z.string());

export function problemOfRow(row: ProblemRow): SetProblem {
  return { ...withoutColumns(row), columns: readJson(Values, row.columns) };
}

/** With the numbers of its columns as they were written. */
export function writtenProblemOfRow(row: ProblemRow): IncomingProblem {
  return { ...withoutColumns(row), columns: readJson(Written, row.columns, parseForWriting) };
}

export function tagsOfRow({ tags }: Pick<ProblemRow, "tags">): string[] {
  return readJson(Tags, tags);
}

function withoutColumns(row: ProblemRow): Omit<SetProblem, "columns"> {
  return {
    id: row.problem_id,
    messages:
      row.messages === null
        ? [{ role: "user", content: row.prompt }]
        : readJson(Messages, row.messages),
    gold: row.gold,
    verifier: { name: row.verifier, options: readJson(Values, row.options) },
    solution: row.solution,
    tags: tagsOfRow(row),
    difficulty: row.difficulty,
    split: ProblemSplit.parse(row.split),
  };
}
