/** Conditions of the filter line, read and written by the controls beside it: each control is one condition. Pure. */
import type { RangeField, RecordCondition, RecordFilter } from "#shared/schema/record-filter.ts";
import { filterText, parseFilter } from "#shared/schema/record-filter-text.ts";

/** Conditions offered as one press, by the text they stand for in the line. */
export const QUICK_TERMS = [
  { term: "verdict:wrong", label: "wrong" },
  { term: "format:bad", label: "bad form" },
  { term: "language:..0.9", label: "mixed language" },
  { term: "repetition:0.2..", label: "repetitive" },
  { term: "duplicate:exact,near", label: "duplicates" },
  { term: "contamination:any", label: "contaminated" },
  { term: "is:edited", label: "edited" },
  { term: "-gold:*", label: "no right answer" },
] as const;

function same(a: RecordCondition, b: RecordCondition): boolean {
  return filterText([a]) === filterText([b]);
}

export function hasTerm(line: string, term: string): boolean {
  const [wanted] = parseFilter(term).filter;
  return wanted !== undefined && parseFilter(line).filter.some((one) => same(one, wanted));
}

/** The line with the term, or without it where it has it. */
export function toggleTerm(line: string, term: string): string {
  const [wanted] = parseFilter(term).filter;
  if (wanted === undefined) return line;
  const { filter } = parseFilter(line);
  return hasTerm(line, term)
    ? filterText(filter.filter((one) => !same(one, wanted)))
    : filterText([...filter, wanted]);
}

/** The one condition on a field that the controls can show, if the line has exactly one. */
export function conditionOn<Field extends RecordCondition["field"]>(
  line: string,
  field: Field,
): Extract<RecordCondition, { field: Field }> | undefined {
  const found = parseFilter(line).filter.filter(
    (one): one is Extract<RecordCondition, { field: Field }> =>
      one.field === field && one.not !== true,
  );
  return found.length === 1 ? found[0] : undefined;
}

/** The value of a condition that has just one. */
export function onlyValue<Value>(
  condition: { readonly values: readonly Value[] } | undefined,
): Value | undefined {
  return condition?.values.length === 1 ? condition.values[0] : undefined;
}

/** The condition that a field has this value; undefined for an empty one. */
export function oneText(
  field: "tag" | "source" | "gold",
  value: string,
): RecordCondition | undefined {
  return value === "" ? undefined : { field, values: [value] };
}

/** The line with this condition as the only one on its field; undefined takes those away. */
export function withCondition(
  line: string,
  field: RecordCondition["field"],
  condition: RecordCondition | undefined,
): string {
  const others: RecordFilter = parseFilter(line).filter.filter(
    (one) => one.field !== field || one.not === true,
  );
  return filterText(condition === undefined ? others : [...others, condition]);
}

/** The line with another end of a range; where both ends are empty, without the range. */
export function withRangeEnd(
  line: string,
  field: RangeField,
  end: "min" | "max",
  value: number | undefined,
): string {
  const { min, max } = conditionOn(line, field) ?? {};
  const ends = { min, max, [end]: value };
  if (ends.min === undefined && ends.max === undefined)
    return withCondition(line, field, undefined);
  return withCondition(line, field, {
    field,
    ...(ends.min === undefined ? {} : { min: ends.min }),
    ...(ends.max === undefined ? {} : { max: ends.max }),
  });
}
