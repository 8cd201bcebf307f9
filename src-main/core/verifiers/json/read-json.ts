/** JSON out of a text, with its nesting bounded and no key said twice. */
import type { JsonValue } from "#shared/schema/json-value.ts";

const MOST_DEPTH = 100;
const MOST_CHARACTERS = 50_000;
const FENCE = /^```[a-zA-Z]{0,10}\s*\n([\s\S]*?)\n?\s*```$/u;

export type ReadJson =
  | {
      readonly value: JsonValue;
      /** The same, with numbers that a float does not hold as texts of their digits: what is compared. */
      readonly exact: JsonValue;
    }
  | { readonly refusal: string };

/** Never throws. A fence of Markdown around it is left out. Takes time linear in the text's length. */
export function readJson(text: string): ReadJson {
  if (text.length > MOST_CHARACTERS)
    return { refusal: `is longer than ${String(MOST_CHARACTERS)} characters` };
  const trimmed = text.trim();
  const json = trimmed.startsWith("```") ? (FENCE.exec(trimmed)?.[1] ?? trimmed) : trimmed;
  const { depth, colons } = shapeOf(json);
  if (depth > MOST_DEPTH) return { refusal: `is nested deeper than ${String(MOST_DEPTH)} levels` };
  try {
    const value: JsonValue = JSON.parse(json);
    // A parser keeps the last of two equal keys: that would be two answers for one.
    if (keysIn(value) < colons) return { refusal: "says a key twice" };
    const exact: JsonValue = LONG_NUMBER.test(json) ? JSON.parse(json, exactly) : value;
    return { value, exact };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { refusal: "is no JSON" };
  }
}

/** A number that a float may not hold stands in the text, or a text of such digits. */
const LONG_NUMBER = /[\d.]{16}|\d[eE]/u;
/** Marks a number that a float does not hold, so that its digits are compared. */
const EXACT = "\u0000number:";

/** 9007199254740993 and 1e400 keep their digits, as a text that no JSON text is likely to be. */
function exactly(_: string, value: JsonValue, context?: { readonly source?: string }): JsonValue {
  if (typeof value !== "number" || context?.source === undefined) return value;
  const { source } = context;
  if (Number.isFinite(value) && source.length <= 15) return value;
  const digits = canonical(source);
  return digits === canonical(String(value)) ? value : `${EXACT}${digits}`;
}

/** "-12.50e3" as "-125e2". */
function canonical(source: string): string {
  const found = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/u.exec(source);
  if (found === null) return source;
  const [, sign = "", whole = "", decimals = "", exponent = "0"] = found;
  const digits = `${whole}${decimals}`.replace(/^0+/u, "");
  const kept = withoutZeros(digits);
  if (kept === "") return "0";
  const power = Number(exponent) - decimals.length + (digits.length - kept.length);
  return `${sign}${kept}e${String(power)}`;
}

/** Without zeros at the end; a pattern would look for them from each zero. */
function withoutZeros(digits: string): string {
  let end = digits.length;
  while (digits.charAt(end - 1) === "0") end--;
  return digits.slice(0, end);
}

/** How deep brackets stand in each other, and how many keys are written. */
function shapeOf(json: string): { readonly depth: number; readonly colons: number } {
  let depth = 0;
  let deepest = 0;
  let colons = 0;
  let isQuoted = false;
  for (let at = 0; at < json.length; at++) {
    const sign = json.charAt(at);
    if (isQuoted) {
      if (sign === "\\") at++;
      else if (sign === '"') isQuoted = false;
    } else if (sign === '"') isQuoted = true;
    else if (sign === "[" || sign === "{") deepest = Math.max(deepest, ++depth);
    else if (sign === "]" || sign === "}") depth--;
    else if (sign === ":") colons++;
  }
  return { depth: deepest, colons };
}

function keysIn(value: JsonValue): number {
  if (value === null || typeof value !== "object") return 0;
  const inside = Object.values(value).reduce((sum: number, one: JsonValue) => sum + keysIn(one), 0);
  return Array.isArray(value) ? inside : inside + Object.keys(value).length;
}

/** The last value in brackets that a text holds: in a fence of Markdown, else from the first bracket of its kind. */
export function jsonInText(text: string): string | null {
  const end = text.slice(-MOST_CHARACTERS);
  const fences = [...end.matchAll(/```[a-zA-Z]{0,10}\s*\n([\s\S]*?)```/gu)];
  const fenced = fences.at(-1)?.[1]?.trim();
  if (fenced !== undefined && fenced !== "") return fenced;
  const close = Math.max(end.lastIndexOf("}"), end.lastIndexOf("]"));
  const open = close === -1 ? -1 : openingOf(end, close);
  return open === -1 ? null : end.slice(open, close + 1);
}

/** Where the bracket opens that closes at a place; -1 where none does. Quoted brackets do not count. */
function openingOf(text: string, close: number): number {
  const opened: number[] = [];
  let isQuoted = false;
  for (let at = 0; at <= close; at++) {
    const sign = text.charAt(at);
    // Outside brackets a quotation mark is prose.
    if (sign === '"' && (isQuoted || opened.length > 0)) isQuoted = !isQuoted;
    else if (isQuoted && sign === "\\") at++;
    else if (isQuoted) continue;
    else if (sign === "[" || sign === "{") opened.push(at);
    else if (sign === "]" || sign === "}") {
      const open = opened.pop();
      if (at === close) return open ?? -1;
    }
  }
  return -1;
}
