/** Writes a version's problems to a file: beside its place first, then renamed. Imported again, it is the same content. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { dirname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { DatasetFormat } from "#shared/schema/dataset.ts";
import { clearLeftovers, replaceFile } from "#main/platform/atomic-write.ts";
import { PROBLEM_COLUMNS } from "#main/core/tables/own-cells.ts";
import { withStoreErrors } from "#main/store/database.ts";
import type { IncomingProblem } from "#main/store/problems/problem-content.ts";
import type { TableColumn } from "../datasets/rows/export-plan.ts";
import type { Row } from "../datasets/rows/record-to-row.ts";
import { openRowWriter } from "../datasets/rows/write-rows.ts";

const ROWS_AT_ONCE = 100;

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
  if (existsSync(path) && !overwrite) {
    throw new AppError(
      "CONFLICT",
      `${path} is there already.`,
      "Choose another name, or overwrite it.",
    );
  }
  if (!existsSync(dirname(path))) {
    throw new AppError("NOT_FOUND", `There is no folder ${dirname(path)}.`, "Make it first.");
  }
  clearLeftovers(path);
  let count = 0;
  let written = { bytes: 0, sha256: "" };
  try {
    await replaceFile(path, async (beside) => {
      count = await writeProblems(problems, beside, format);
      const hash = createHash("sha256");
      await pipeline(createReadStream(beside), hash);
      written = { bytes: statSync(beside).size, sha256: hash.digest("hex") };
    });
  } catch (error) {
    return withStoreErrors(() => {
      throw error;
    });
  }
  return { path, problems: count, ...written };
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

async function writeProblems(
  problems: Iterable<IncomingProblem>,
  file: string,
  format: DatasetFormat,
): Promise<number> {
  const columns = PROBLEM_COLUMNS.map((name): TableColumn => ({
    name,
    type: { kind: kindOf(name) },
  }));
  const writer = withStoreErrors(() => openRowWriter(file, format, columns, false));
  let count = 0;
  try {
    let rows: Row[] = [];
    for (const problem of problems) {
      rows.push(rowOfProblem(problem));
      count++;
      if (rows.length < ROWS_AT_ONCE) continue;
      await writer.write(rows);
      rows = [];
      await setImmediate();
    }
    await writer.write(rows);
    await writer.finish();
  } catch (error) {
    writer.abandon();
    throw error;
  }
  return count;
}

function kindOf(column: string): "json" | "integer" | "text" {
  if (JSON_COLUMNS.has(column)) return "json";
  return column === "difficulty" ? "integer" : "text";
}
