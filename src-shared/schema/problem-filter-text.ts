/**
 * A filter of problems as one line of text: `pass_rate:0.1..0.9 tag:algebra,geometry difficulty:3..5 -tag:x "two trains"`.
 * Terms must all hold; commas separate values of which any will do; a minus turns a term round. A bare word is looked
 * for in what is asked.
 */
import { AppError } from "../errors.ts";
import { readRange } from "./number-range.ts";
import { ProblemCondition, ProblemRangeField } from "./problem-filter.ts";
import type { ProblemFilter } from "./problem-filter.ts";

export interface ProblemFilterReading {
  readonly filter: ProblemFilter;
  /** What could not be understood, in words. */
  readonly problems: readonly string[];
}

const VALUE_FIELDS = ["id", "tag", "verifier", "gold", "split"] as const;
const COLUMN = "column.";
const QUOTED = String.raw`"(?:[^"\\]|\\.)*"`;
const FIELD = new RegExp(`^(column\\.(?:${QUOTED}|[^\\s:",]+)|[a-zA-Z_-]+):(.*)$`, "su");
/** A term ends at a space outside quotes. */
const TERM = new RegExp(`(?:${QUOTED}|[^\\s"]|"[^"]*$)+`, "gu");
const VALUE = /"((?:[^"\\]|\\.)*)"|([^,"]+)/gu;

export const PROBLEM_FILTER_FIELDS: readonly string[] = [
  ...VALUE_FIELDS,
  ...ProblemRangeField.options,
  "column.NAME",
];

/** Never throws; what is not understood is left out and said. */
export function parseProblemFilter(text: string): ProblemFilterReading {
  const filter: ProblemFilter = [];
  const problems: string[] = [];
  for (const [whole] of text.matchAll(TERM)) {
    const not = whole.startsWith("-") && whole.length > 1;
    const condition = conditionOf(not ? whole.slice(1) : whole);
    if (typeof condition === "string") problems.push(condition);
    else filter.push(not ? { ...condition, not: true } : condition);
  }
  return { filter, problems };
}

/** Throws BAD_INPUT with everything that is not understood. */
export function problemFilterOf(text: string): ProblemFilter {
  const { filter, problems } = parseProblemFilter(text);
  if (problems.length === 0) return filter;
  throw new AppError(
    "BAD_INPUT",
    `The filter "${text.slice(0, 200)}" does not parse: ${problems.join("; ")}.`,
    'Write terms such as pass_rate:0.1..0.9 tag:algebra difficulty:3..5 -tag:x "two trains".',
  );
}

/** The condition, or what is wrong with the term. */
function conditionOf(term: string): ProblemCondition | string {
  if (unclosed(term)) return `"${term}" has a quotation mark that is not closed`;
  const match = FIELD.exec(term);
  if (match === null) {
    return checked(term, { field: "text", value: unquoted(term) });
  }
  const [, field = "", raw = ""] = match;
  if (raw === "") return `"${term}" says nothing after the colon`;
  const values = valuesOf(raw);
  if (field.startsWith(COLUMN)) {
    const [key = ""] = valuesOf(field.slice(COLUMN.length));
    return checked(term, { field: "column", key, values });
  }
  const range = ProblemRangeField.options.find((name) => name === field);
  if (range !== undefined) {
    const bounds = readRange(raw, range !== "pass_rate");
    return bounds === undefined
      ? `"${raw}" is no range of ${field}: write ${field}:${range === "pass_rate" ? "0.1..0.9" : "3..5"}, a number, or >3`
      : checkedRange(term, range, bounds);
  }
  if (VALUE_FIELDS.some((name) => name === field)) return checked(term, { field, values });
  return `there is no field "${field}"; there are ${PROBLEM_FILTER_FIELDS.join(", ")}; a column of this name is asked for by ${COLUMN}${field}:…; a text with a colon stands in quotes`;
}

function checkedRange(
  term: string,
  field: ProblemRangeField,
  bounds: { readonly min?: number; readonly max?: number },
): ProblemCondition | string {
  const { min = -Infinity, max = Infinity } = bounds;
  if (min > max) return `"${term}" ends before it begins`;
  return { field, ...bounds };
}

/** A text with its quoted parts as they are meant. */
function unquoted(term: string): string {
  return term.replaceAll(new RegExp(QUOTED, "gu"), (part) =>
    part.slice(1, -1).replaceAll(/\\(.)/g, "$1"),
  );
}

function unclosed(term: string): boolean {
  return term.replaceAll(new RegExp(QUOTED, "gu"), "").includes('"');
}

function valuesOf(raw: string): string[] {
  return [...raw.matchAll(VALUE)].map(
    ([, quoted, plain]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "",
  );
}

function checked(term: string, value: unknown): ProblemCondition | string {
  const parsed = ProblemCondition.safeParse(value);
  return parsed.success ? parsed.data : `"${term}" is not understood`;
}
