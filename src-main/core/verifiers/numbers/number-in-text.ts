/** The number that a text ends on, with what would make it more than one: "1 or 72" stays together. */
import { DIGITS, characters } from "./read-number.ts";

/** Only the end of a long text is read. */
const MOST_CHARACTERS = 20_000;

const TOKEN = new RegExp(
  String.raw`(?<![\p{L}\d_.,'])[-+]?\s?(?:[$€£¥₹₽₩]\s?)?(?:\d{1,9}\s)?(?:\\[dtc]?frac\{-?\d{1,100}\}\{\d{1,100}\}|(?<!\d)(?:\d{1,9} )?\d[\d.,]{0,40}\/\d[\d.,]{0,40}(?!\d|\/)|${DIGITS}(?:[eE][-+]?\d{1,5}(?!\d)|\s?(?:[×x*·]|\\times|\\cdot)\s?10\s?\^\s?[{(]?[-+]?\d{1,5}[)}]?)?)(?:\s?\\?%|\s?[€£¥₹₽₩])?`,
  "gu",
);
const UNIT =
  /^(?:\s?°\s?[CF]?|\s?(?:percent|dozen|hundred|thousand|million|billion|trillion)(?!\p{L})|\s?(?:square\s|cubic\s)?[a-zA-Zµμ]{1,12}(?:\^?[23](?!\d))?(?:\/[a-zA-Z]{1,12})?(?!\p{L}))/iu;
/** Between two numbers of which neither alone is the answer. */
const JOINED =
  /^(?:[\s$*]|\\text\{|\})*(?:[\p{L}%°/^23]{1,15}\s?){0,2}[\s$*]*(?:[,;/|–—-]|[.,;(]?\s?(?<!\p{L})(?:or|and|oder|und|ou|et|o|y|to|vs\.?|versus|through|alternatively)(?!\p{L}))[\s,]*(?:(?:maybe|possibly|perhaps|else|even|rather|probably|it|is|it's|could|might|may|be|also|either|the|answer)\s+){0,5}(?:[\s$*(]|\\text\{|\})*$/iu;
const COULD_BE = /^[\s,;.]*(?:it\s+)?(?:could|might|may|can)\s+(?:also\s+)?be\s*$/iu;
/** Before a number that is denied or only bounds the answer. */
const NO_ANSWER =
  /(?:(?<!\p{L})(?:not|isn't|never|than|least|most|over|under|above|below|step|part|question|except)|[<>≤≥≠]|!=)\s*(?:to\s+be\s+)?$/iu;
const MOST_BETWEEN = 60;

type Token = { readonly start: number; readonly end: number };

/** null where there is no number. Takes time linear in the text's length. */
export function numberInText(whole: string): string | null {
  const text = characters(whole.slice(-MOST_CHARACTERS));
  return lastOf(text, tokensOf(text));
}

/** The number that a sentence begins with, and those joined to it: "12 apples out of 15" says 12. */
export function firstNumber(sentence: string): string | null {
  const text = characters(sentence.slice(0, MOST_CHARACTERS));
  const tokens = tokensOf(text);
  const [first] = tokens;
  if (first === undefined) return null;
  let last = first;
  for (const next of tokens.slice(1)) {
    if (!isJoined(text.slice(last.end, next.start))) break;
    last = next;
  }
  return spanOf(text, first, last);
}

function lastOf(text: string, tokens: readonly Token[]): string | null {
  const last = tokens.at(-1);
  if (last === undefined) return null;
  let first = last;
  for (const before of tokens.slice(0, -1).toReversed()) {
    if (!isJoined(text.slice(before.end, first.start))) break;
    first = before;
  }
  return spanOf(text, first, last);
}

function tokensOf(text: string): Token[] {
  return [...text.matchAll(TOKEN)]
    .map((match) => ({ start: match.index, end: match.index + match[0].length }))
    .filter(({ start }) => !NO_ANSWER.test(text.slice(Math.max(0, start - 20), start)));
}

function isJoined(between: string): boolean {
  return between.length <= MOST_BETWEEN && (JOINED.test(between) || COULD_BE.test(between));
}

/** With its unit and what else stands right after it: "5+" and "5!" are not 5. */
function spanOf(text: string, first: Token, last: Token): string {
  const after = text.slice(last.end, last.end + 40);
  const unit = UNIT.exec(after)?.[0] ?? "";
  const sign = /^(?:\+|:\d)/u.exec(after)?.[0] ?? "";
  const more = /^[\s,]*or (?:more|less|fewer|so)\b/iu.exec(after)?.[0] ?? "";
  return text.slice(first.start, last.end + (more.length || sign.length || unit.length)).trim();
}
