/** CSV that Gradus writes: no cell is a spreadsheet's formula, and reading gives each back as it was. */

/** What stands beside the text in every shape, where it is known. */
export const EXTRA_COLUMNS = ["gold", "task", "problem_id", "difficulty", "problem_data"] as const;

/** What Gradus' own tables hold beside their columns, as JSON. */
export const REST_COLUMN = "metadata";

/** The columns of problem sets' own files, in their order. */
export const PROBLEM_COLUMNS = [
  "id",
  "prompt",
  "messages",
  "answer",
  "solution",
  "verifier",
  "verifier_options",
  "tags",
  "difficulty",
  "split",
  "columns",
] as const;

const FORMULA = /^'*[=+\-@\t\r]/;
const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** A cell that no spreadsheet computes (OWASP's "CSV injection"); plain numbers are left alone. */
export function neutralised(cell: string): string {
  return FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
}

/** The cell as it was before `neutralised`. */
export function asWritten(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}

/** Whether Gradus wrote this table: others' apostrophes are their texts' own. */
export function isOwnTable(header: readonly string[]): boolean {
  return (
    (header.at(-1) === REST_COLUMN && EXTRA_COLUMNS.every((name) => header.includes(name))) ||
    header.join() === PROBLEM_COLUMNS.join()
  );
}
