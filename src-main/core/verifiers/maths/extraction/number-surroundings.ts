/** What the words and signs around a number in running text make of it: no answer, a bound, a date, a time. */
import type { Span } from "./running-text.ts";
import type { UnitAfter } from "./units.ts";

const MOST_BEFORE = 24;
const MOST_AFTER = 24;

const DENIED =
  /(?:\b(?:not|never|cannot|other than|anything but|instead of|rather than)|n't|n’t)\s(?:equal\sto\s|be\s|equal\s)?$/iu;
/** "Step 5", and the 20 of "15 out of 20". */
const LABELLED =
  /(?:\b(?:step|chapter|section|figure|table|equation|question|problem|exercise|example)\s|\d\s?out\sof\s)$/iu;
const DENIED_AFTER =
  /^\s(?:is|are|was|would be|cannot be|can't be)\s(?:wrong|incorrect|false|impossible|not)\b/iu;

/** "not 5", "5 is wrong", "Step 5": nothing is said to be 5. */
export function isNoAnswer(text: string, { start, end }: Span): boolean {
  const before = text.slice(Math.max(0, start - MOST_BEFORE), start);
  if (DENIED.test(before) || LABELLED.test(before)) return true;
  return DENIED_AFTER.test(text.slice(end, end + MOST_AFTER));
}

/** A least or greatest number is mostly what was asked for: "at least 5" is no bound. */
const BOUND_BEFORE =
  /\b(?:(?:more|less|fewer|greater|larger|smaller|higher|lower)\sthan|over|under|above|below|exceeds)\s$/iu;
const BOUND_AFTER =
  /^(?:\+(?=[\s.,;)]|$)|\sor\s(?:more|less|fewer|greater|larger|smaller|higher|lower|above|below|over|under)\b)/iu;

/** The whole of "more than 5", "5 or more" and "5+", which are not 5. */
export function boundAround(text: string, { start, end }: Span): Span | null {
  const before = BOUND_BEFORE.exec(text.slice(Math.max(0, start - MOST_BEFORE), start));
  const after = BOUND_AFTER.exec(text.slice(end, end + MOST_AFTER));
  if (before === null && after === null) return null;
  return { start: start - (before?.[0].length ?? 0), end: end + (after?.[0].length ?? 0) };
}

const HALF_OF_DAY = /^\s?(?:([ap])\.?\s?m\b|(noon|midnight)\b)/iu;

/** "pm" after 10:15 PM, 3 p.m. and 12 noon. */
export function halfOfDay(text: string, at: number): UnitAfter | null {
  const found = HALF_OF_DAY.exec(text.slice(at, at + MOST_AFTER));
  if (found === null) return null;
  const [whole, letter = "", word = ""] = found;
  const isLate = letter.toLowerCase() === "p" || word.toLowerCase() === "noon";
  return { unit: isLate ? "pm" : "am", end: at + whole.length };
}

const MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec";
const REST_OF_MONTH = String.raw`(?:[a-z]{1,6}|\.)?`;
const MONTH_BEFORE = new RegExp(String.raw`\b(${MONTH})${REST_OF_MONTH}\s$`, "u");
const MONTH_AFTER = new RegExp(
  String.raw`^(?:st|nd|rd|th)?(?:\sof)?\s(${MONTH})${REST_OF_MONTH}(?![a-zA-Z])`,
  "u",
);
const MONTHS: ReadonlySet<string> = new Set(MONTH.split("|"));
const NO_MONTH = /\b(?:Mary|Mark|Marks|Maybe|Decide|Separate|Second|Janet|Augment|Novel|Mars)\s$/u;

/** "Mar" for March 5, 5 March and the 5th of March, and the span of all of it. */
export function monthOf(text: string, { start, end }: Span): (Span & { unit: string }) | null {
  const before = text.slice(Math.max(0, start - MOST_BEFORE), start);
  if (NO_MONTH.test(before)) return null;
  const [whole, unit] = MONTH_BEFORE.exec(before) ?? [];
  if (whole !== undefined && unit !== undefined) return { unit, start: start - whole.length, end };
  const [after, later] = MONTH_AFTER.exec(text.slice(end, end + 30)) ?? [];
  if (after === undefined || later === undefined) return null;
  return { unit: later, start, end: end + after.length };
}

export function isMonth(unit: string): boolean {
  return MONTHS.has(unit);
}

/** 2024-03-05, which is no difference, "5+", and "5!", which may be a factorial: none is 2024 or 5. */
export function otherNotation(text: string, { start, end }: Span): Span | null {
  const whole = /^(?:\d{4}-\d{2}-\d{2}|\d+\+)(?=[.\s]*$)/u.exec(text.slice(start, end));
  if (whole !== null) return { start, end: start + whole[0].length };
  const signs = start === 0 ? /^!{1,2}(?=\s*$)/u.exec(text.slice(end, end + MOST_AFTER)) : null;
  return signs === null ? null : { start, end: end + signs[0].length };
}
