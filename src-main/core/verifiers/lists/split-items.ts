/** The items of a written list: "[1, 2]", "a; b", a line each, "red, green and blue". */
import { plainAnswer } from "../answers/plain-answer.ts";

const PAIRS: Readonly<Record<string, string>> = { "[": "]", "(": ")", "{": "}" };
const CLOSING = new Set(Object.values(PAIRS));
const EMPTY = /^(?:\[\s*\]|\(\s*\)|\{\s*\}|∅|\\(?:emptyset|varnothing))$/u;
const BULLET = /^\s*(?:[-*•–]\s+|\(?\d{1,3}[.)]\s+|\(?[a-z][.)]\s+)/iu;
const LAST_AND = /,?\s+(?:and|&)\s+(?=[^,;]*$)/iu;

/** Of a list; a longer one is not read. */
export const MOST_ITEMS = 200;
const MOST_CHARACTERS = 20_000;

/**
 * Where the option names no separator: lines, else semicolons, else commas before a space, else commas. What stands in
 * brackets or double quotes is not parted. null where there are too many items or the text is too long. Takes time
 * linear in the text's length.
 */
export function splitItems(text: string, separator: string | undefined): string[] | null {
  if (text.length > MOST_CHARACTERS) return null;
  const plain = plainAnswer(text).replaceAll(/\\([{}])/gu, "$1");
  if (EMPTY.test(plain)) return [];
  const inner = withoutBrackets(plain);
  const items = separator === undefined ? bySigns(inner) : inner.split(separator);
  const cleaned = items
    .map((item) => plainAnswer(item.replace(BULLET, "")))
    .filter((item) => item !== "");
  return cleaned.length > MOST_ITEMS ? null : cleaned;
}

/** Brackets around the whole are the list's. */
function withoutBrackets(text: string): string {
  const close = PAIRS[text.charAt(0)];
  if (close === undefined || !text.endsWith(close)) return text;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign in PAIRS) depth++;
    // "(1, 2), (3, 4)" has no bracket around the whole; nor has "[0, 1)".
    else if (CLOSING.has(sign) && --depth === 0 && at < text.length - 1) return text;
  }
  return text.slice(1, -1).trim();
}

function bySigns(text: string): string[] {
  const lines = text.split(/[\n\r]+/u).filter((line) => line.trim() !== "");
  if (lines.length > 1) return lines.map((line) => line.replace(/[,;]\s*$/u, ""));
  const semicolons = outside(text, ";", false);
  if (semicolons.length > 1) return semicolons;
  // In "1,234, 5" the first comma is the number's.
  const commas = outside(text, ",", true);
  const parts = commas.length > 1 ? commas : outside(text, ",", false);
  const last = parts.at(-1) ?? "";
  return [...parts.slice(0, -1), ...last.replace(/^\s*(?:and|&)\s+/iu, "").split(LAST_AND)];
}

/** Parts between a sign that stands outside brackets and double quotes. */
function outside(text: string, sign: string, isBeforeSpace: boolean): string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character in PAIRS) depth++;
    else if (CLOSING.has(character)) depth = Math.max(0, depth - 1);
    else if (
      character === sign &&
      depth === 0 &&
      (!isBeforeSpace || /\s/u.test(text.charAt(at + 1)))
    ) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
