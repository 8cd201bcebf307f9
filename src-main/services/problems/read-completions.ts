/** A file of completions, JSONL of {id, completion}, with the problems that they answer. */
import { AppError } from "#shared/errors.ts";
import type { SetProblem } from "#shared/schema/problem.ts";
import { rawNumber } from "#main/platform/exact-json.ts";
import { fileBytes, readRows } from "#main/processes/reading/read-rows.ts";
import type { Store } from "#main/store/store.ts";
import { scalarText } from "./rows/problem-cells.ts";

interface ReadCompletion {
  readonly id: string;
  readonly problem: SetProblem;
  readonly completion: string;
}

/** In the file's order. Throws NOT_FOUND, BAD_INPUT with the line. */
export async function readCompletions(
  store: Store,
  { set, version }: { readonly set: string; readonly version: number | null },
  file: string,
): Promise<ReadCompletion[]> {
  fileBytes(file);
  const problems = new Map<string, SetProblem>();
  for (const problem of store.problems.select({ set, version })) problems.set(problem.id, problem);
  const asked: ReadCompletion[] = [];
  for await (const row of readRows(file, "jsonl").rows) {
    const refuse = (why: string): AppError =>
      new AppError(
        "BAD_INPUT",
        `Line ${row.line} of ${file} ${why}. Nothing was written.`,
        'Write one JSON object a line: {"id": "…", "completion": "…"}.',
      );
    if ("bad" in row) throw refuse(row.bad);
    const written = row.numbers?.["/id"];
    const id = scalarText(written === undefined ? row.value["id"] : rawNumber(written));
    const { completion } = row.value;
    if (id === null) throw refuse("has no id");
    if (typeof completion !== "string") throw refuse("has no completion");
    const problem = problems.get(id);
    if (problem === undefined)
      throw refuse(`names "${id.slice(0, 200)}", which is no problem of ${set}`);
    asked.push({ id, problem, completion });
  }
  return asked;
}
