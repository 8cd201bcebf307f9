/** Writes a version's problems to a file: beside its place first, then renamed. Imported again, it is the same content. */
import { PROBLEM_COLUMNS } from "#main/core/tables/own-cells.ts";
import type { IncomingProblem } from "#main/store/problems/problem-content.ts";
import type { TableColumn } from "../datasets/rows/export-plan.ts";
import type { Row } from "../datasets/rows/record-to-row.ts";
import { requirePlace, writeRowFile } from "../datasets/rows/write-row-file.ts";
import { openRowWriter } from "../datasets/rows/write-rows.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

/** Lists and objects are JSON in a table's cell. */
const JSON_COLUMNS: ReadonlySet<string> = new Set([
  "messages",
  "verifier_options",
  "tags",
  "columns",
]);

export interface ExportedProblems {
  readonly path: string;
  readonly problems: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Throws CONFLICT where the file is there, NOT_FOUND where its folder is not, DISK_FULL. */
export async function exportProblems(
  problems: Iterable<IncomingProblem>,
  { path, format, overwrite }: { path: string; format: DatasetFormat; overwrite: boolean },
): Promise<ExportedProblems> {
  requirePlace(path, { overwrite });
  const columns = PROBLEM_COLUMNS.map((name): TableColumn => ({
    name,
    type: { kind: kindOf(name) },
  }));
  const { rows, ...written } = await writeRowFile(path, rowsOf(problems), (file) =>
    openRowWriter(file, format, columns, false),
  );
  return { path, problems: rows, ...written };
}

function* rowsOf(problems: Iterable<IncomingProblem>): Generator<Row> {
  for (const problem of problems) yield rowOfProblem(problem);
}

/** A problem as a row of Gradus' own form. */
export function rowOfProblem({ messages, verifier, ...problem }: IncomingProblem): Row {
  const [only] = messages;
  const isPlain = messages.length === 1 && only?.role === "user";
  return {
    id: problem.id,
    ...(isPlain ? { prompt: only.content } : { messages }),
    answer: problem.gold,
    solution: problem.solution,
    verifier: verifier.name,
    verifier_options: verifier.options,
    tags: problem.tags,
    difficulty: problem.difficulty,
    split: problem.split,
    columns: problem.columns,
  };
}

function kindOf(column: string): "json" | "integer" | "text" {
  if (JSON_COLUMNS.has(column)) return "json";
  return column === "difficulty" ? "integer" : "text";
}
