/** A file of problems: which column is what, and its first problems as they would come in. */
import { AppError } from "#shared/errors.ts";
import type { BadLine } from "#shared/schema/benchmark.ts";
import type { ProblemMapping, ProblemMappingParts } from "#shared/schema/problem-import.ts";
import type { VerifierName } from "#shared/schema/problem.ts";
import { printable } from "#main/core/tables/source-row.ts";
import type { SourceRow } from "#main/core/tables/source-row.ts";
import { fileBytes, formatOf, readRows } from "#main/processes/reading/read-rows.ts";
import { columnsOf } from "../datasets/rows/detect-mapping.ts";
import { valueAt } from "../datasets/rows/row-cells.ts";
import { detectProblemMapping } from "./rows/detect-problem-mapping.ts";
import { rowToProblem } from "./rows/row-to-problem.ts";
import type { SidelessProblem } from "./rows/row-to-problem.ts";
import type { DatasetFormat } from "#shared/schema/dataset-format.ts";

/** Rows that the mapping is told by. */
const LOOKED_AT = 50;

export interface ProblemFile {
  readonly path: string;
  readonly format?: DatasetFormat | undefined;
  /** What was detected, with these parts instead. */
  readonly mapping?: ProblemMappingParts | undefined;
  readonly verifier?: VerifierName | undefined;
}

export interface ProblemInspection {
  readonly bytes: number;
  readonly format: DatasetFormat;
  readonly mapping: ProblemMapping;
  readonly columns: string[];
  /** The first row's cells, shortened. */
  readonly example: Record<string, string>;
  readonly problems: { readonly line: number; readonly problem: SidelessProblem }[];
  /** Rows looked at. */
  readonly read: number;
  readonly bad: BadLine[];
}

/**
 * The first rows as problems; none where no column could be what is asked, so that a person can say which is. Throws
 * NOT_FOUND; BAD_INPUT where no row can be read.
 */
export async function inspectProblems(
  file: ProblemFile,
  count: number,
): Promise<ProblemInspection> {
  const { format, mapping, first, columns, rows } = await readFirst(
    file,
    Math.max(count, LOOKED_AT),
  );
  // The rest of the file is not read.
  await rows.return(undefined);
  const problems: ProblemInspection["problems"] = [];
  const bad: BadLine[] = [];
  for (const row of asksNothing(mapping) ? [] : first) {
    const problem =
      "bad" in row
        ? row
        : rowToProblem(row, mapping, { table: isTable(format), verifier: file.verifier });
    if ("bad" in problem) bad.push({ line: row.line, reason: problem.bad });
    else problems.push({ line: row.line, problem });
  }
  const example = first.find((row) => "value" in row);
  return {
    bytes: fileBytes(file.path),
    format,
    mapping,
    columns,
    example: exampleOf(example?.value),
    problems: problems.slice(0, count),
    read: first.length,
    bad,
  };
}

export interface OpenProblems {
  readonly format: DatasetFormat;
  readonly mapping: ProblemMapping;
  readonly columns: string[];
  /** The rows that the mapping was told by. */
  readonly first: readonly SourceRow[];
  /** The rows after them, from the same reading of the file. */
  readonly rows: AsyncGenerator<SourceRow>;
}

/** Reads the first rows and finds what their columns are. Throws NOT_FOUND; BAD_INPUT, also where none is asked. */
export async function openProblems(
  file: ProblemFile,
  lookedAt = LOOKED_AT,
  signal?: AbortSignal,
): Promise<OpenProblems> {
  const opened = await readFirst(file, lookedAt, signal);
  if (!asksNothing(opened.mapping)) return opened;
  await opened.rows.return(undefined);
  throw new AppError(
    "BAD_INPUT",
    `${file.path} has no column that could be the prompt. Its columns are ${listed(opened.columns)}.`,
    "Say which column is what: --map prompt=COLUMN answer=COLUMN.",
  );
}

function asksNothing({ prompt, messages }: ProblemMapping): boolean {
  return prompt === null && messages === null;
}

async function readFirst(
  file: ProblemFile,
  lookedAt: number,
  signal?: AbortSignal,
): Promise<OpenProblems> {
  const { path } = file;
  fileBytes(path);
  const format = file.format ?? formatOf(path);
  const { rows } = readRows(path, format, signal === undefined ? {} : { signal });
  const first: SourceRow[] = [];
  while (first.length < lookedAt) {
    const next = await rows.next();
    if (next.done === true) break;
    first.push(next.value);
  }
  const values = first.flatMap((row) => ("value" in row ? [row.value] : []));
  const columns = columnsOf(values);
  try {
    if (columns.length === 0) throw noRow(path, first);
    return { format, mapping: mappingOf(file, values, columns), columns, first, rows };
  } catch (error) {
    await rows.return(undefined);
    throw error;
  }
}

/** Rows of tables have all columns, empty where a row has nothing; JSON has what is there. */
export function isTable(format: DatasetFormat): boolean {
  return format === "csv" || format === "parquet";
}

function mappingOf(
  { path, mapping: parts = {} }: ProblemFile,
  rows: readonly Readonly<Record<string, unknown>>[],
  columns: readonly string[],
): ProblemMapping {
  for (const column of Object.entries(parts).flatMap(([part, named]) =>
    part === "shape" || named === null || named === undefined ? [] : named,
  )) {
    if (rows.some((row) => valueAt(row, column) !== undefined)) continue;
    throw new AppError(
      "BAD_INPUT",
      `The first rows of ${path} have no column "${column}".`,
      `Their columns are ${listed(columns)}.`,
    );
  }
  const found = detectProblemMapping(rows);
  // A prompt that was named is what is asked, whatever conversation stands beside it.
  const asked =
    typeof parts.prompt === "string" && parts.messages === undefined ? { messages: null } : {};
  const said = Object.entries(parts).filter(([, named]) => named !== undefined);
  return { ...found, ...asked, ...Object.fromEntries(said) };
}

function exampleOf(row: Readonly<Record<string, unknown>> | undefined): Record<string, string> {
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([name, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value ?? null);
      return [name, printable(text.slice(0, 100).replaceAll(/\s+/gu, " "))];
    }),
  );
}

function noRow(path: string, rows: readonly SourceRow[]): AppError {
  const first = rows.find((row) => "bad" in row);
  return first === undefined
    ? new AppError(
        "BAD_INPUT",
        `${path} holds no problems. It has no rows.`,
        "Check that it is the file you meant.",
      )
    : new AppError(
        "BAD_INPUT",
        `No line of ${path} can be read. Line ${first.line}: ${first.bad.replace(/\.$/u, "")}.`,
        "Correct the file, or say its format where it is another than its name says.",
      );
}

function listed(columns: readonly string[]): string {
  return printable(columns.slice(0, 20).join(", ")).slice(0, 500);
}
