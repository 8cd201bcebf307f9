/** A text that is one number and nothing else, but for a unit and for words such as "the answer is" before it. */
import {
  divide,
  add,
  multiply,
  negate,
  parseRational,
  rational,
} from "../maths/expressions/rational.ts";
import type { Rational } from "../maths/expressions/rational.ts";
import { unitAfter, unitNamed } from "../maths/extraction/units.ts";
import { plainCharacters } from "../maths/extraction/written-characters.ts";
import { plainAnswer } from "../answers/plain-answer.ts";
import { plainDigits } from "./digit-groups.ts";
import type { NumberLocale } from "./digit-groups.ts";

export type ReadNumber = {
  /** 0.5 for 50%. */
  readonly value: Rational;
  readonly isPercent: boolean;
  /** As `unitNamed` names it; null where there is none or only words such as apples. */
  readonly unit: string | null;
};

/** Of a text that may be a number. */
const MOST_CHARACTERS = 400;

const LEAD =
  /^(?:(?:so|thus|hence|therefore),?\s{1,3})?(?:(?:the|my)\s{1,3})?(?:(?:final|correct|right|total)\s{1,3})?(?:answer|result|total|solution|value)\s{0,3}(?:is|:|=|≈|equals)\s{0,3}(?:equal to\s{1,3})?|^(?:it is|it's|about|approximately|approx\.?|roughly|around|exactly|equals|\\approx|\\sim|[≈~=:])\s{0,3}/iu;
/** "x =", "total cost ≈": a name, not a number that something else equals. */
const NAMED =
  /^\p{L}[\p{L}\d_]{0,20}(?:\s\p{L}[\p{L}\d_]{0,20}){0,3}\s{0,3}(?:=|≈|\\approx)\s{0,3}/u;
/** "8 × 9 =" */
const WORKED =
  /^[\d\s.,()]{1,60}(?:[+*×·÷/-]|\\(?:times|cdot|div))(?:[\d\s.,()+*×·÷/-]|\\(?:times|cdot|div)){1,100}=\s{0,3}/u;

export const DIGITS = String.raw`(?:\d+(?:[.,'_]\d+| \d{3}(?!\d))*|[.,]\d+)`;
const NUMBER = new RegExp(
  String.raw`^(?<sign>[-+]?)\s?(?<currency>(?:US|A|C)?[$€£¥₹₽₩]|(?:USD|EUR|GBP|CHF)\s)?\s?(?<inner>-?)(?:` +
    String.raw`(?:(?<whole>\d{1,9})\s?)?\\[dtc]?frac\s?\{\s?(?<top>-?\d{1,100})\s?\}\s?\{\s?(?<bottom>\d{1,100})\s?\}` +
    String.raw`|(?:(?<mixed>\d{1,9})\s)?(?<over>\d[\d.,'_ ]{0,100})\s?\/\s?(?<under>\d[\d.,'_]{0,100})(?!\s?\/)` +
    String.raw`|(?<digits>${DIGITS})(?:[eE](?<exponent>[-+]?\d{1,5})|\s?(?:[×x*·]|\\times|\\cdot)\s?10\s?(?:\^|\*\*)\s?[{(]?\s?(?<power>[-+]?\d{1,5})\s?[)}]?)?` +
    ")",
  "u",
);
const POWER_OF_TEN = /^(?<sign>[-+]?)10\s?(?:\^|\*\*)\s?[{(]?\s?(?<power>[-+]?\d{1,5})\s?[)}]?/u;
const SCALES: Readonly<Record<string, string>> = {
  dozen: "12",
  hundred: "100",
  thousand: "1000",
  million: "1e6",
  billion: "1e9",
  trillion: "1e12",
};
const SCALE = /^\s?(dozen|hundred|thousand|million|billion|trillion)s?(?![\p{L}])\s?/iu;
const PERCENT = /^\s?(?:%|percent|per cent|pct|percentage points?)(?![\p{L}])\s?/iu;
const CURRENCY = /^\s?([$€£¥₹₽₩])/u;
const CURRENCIES: Readonly<Record<string, string>> = {
  $: "dollar",
  US$: "dollar",
  USD: "dollar",
  "€": "euro",
  EUR: "euro",
  "¥": "yen",
  "₹": "rupee",
};
/** Words that do not count, such as apples; none that makes another statement of the number. */
const WORDS = /^\s?\p{L}[\p{L}-]{0,30}(?:\s\p{L}[\p{L}'-]{0,30}){0,4}$/u;
const OTHER_STATEMENT =
  /(?<!\p{L})(?:or|and|to|but|not|nor|maybe|perhaps|possibly|either|than|more|less|fewer|plus|minus|times|divided|over|under|through|until|percent|half|quarter|thirds?|oder|und|ou|et|bis|o|y|squared|cubed|wrong|incorrect|something|approximately|factorial|e|pi|i)(?!\p{L})|^\s?[a-zA-Z]$/iu;

/** null where the text is no number, or says more than one. Takes time linear in the text's length. */
export function readNumber(text: string, locale: NumberLocale): ReadNumber | null {
  if (text.length > MOST_CHARACTERS) return null;
  return readPlain(statement(text), locale);
}

/** The text without what leads to its number. */
function statement(text: string): string {
  let plain = characters(plainAnswer(text));
  for (let round = 0; round < 3; round++) {
    const shorter = plain.replace(LEAD, "").replace(NAMED, "").replace(WORKED, "");
    if (shorter === plain) break;
    plain = plainAnswer(shorter);
  }
  return plain.replace(/[.,;]+$/u, "").trim();
}

/** As keyboards have them. */
export function characters(text: string): string {
  return plainCharacters(text)
    .replaceAll(/[’‘′]/gu, "'")
    .replaceAll(/\^\((-?\d+)\)/gu, "^{$1}");
}

function readPlain(text: string, locale: NumberLocale): ReadNumber | null {
  const power = POWER_OF_TEN.exec(text);
  const match = power ?? NUMBER.exec(text);
  if (match === null) return null;
  const groups = match.groups ?? {};
  const size =
    power === null ? sizeOf(groups, locale) : parseRational(`1e${Number(groups["power"])}`);
  if (size === null) return null;
  const isNegative = (groups["sign"] === "-") !== (groups["inner"] === "-");
  if (groups["sign"] !== "" && groups["inner"] === "-") return null;
  const currency =
    CURRENCIES[(groups["currency"] ?? "").trim()] ?? groups["currency"]?.trim() ?? null;
  return measured(isNegative ? negate(size) : size, text.slice(match[0].length), currency);
}

function sizeOf(
  groups: Readonly<Record<string, string | undefined>>,
  locale: NumberLocale,
): Rational | null {
  const { whole, top, bottom, mixed, over, under, digits, exponent, power } = groups;
  if (top !== undefined && bottom !== undefined)
    return withWhole(whole, fraction(parseRational(top), parseRational(bottom)));
  if (over !== undefined && under !== undefined)
    return withWhole(mixed, fraction(decimal(over.trim(), locale), decimal(under, locale)));
  const value = decimal(digits ?? "", locale);
  const ten = exponent ?? power;
  if (value === null || ten === undefined) return value;
  const factor = parseRational(`1e${String(Number(ten))}`);
  return factor === null ? null : multiply(value, factor);
}

function decimal(written: string, locale: NumberLocale): Rational | null {
  const plain = plainDigits(written, locale);
  return plain === null ? null : parseRational(plain);
}

function fraction(over: Rational | null, under: Rational | null): Rational | null {
  return over === null || under === null ? null : divide(over, under);
}

/** "1 3/4" */
function withWhole(whole: string | undefined, part: Rational | null): Rational | null {
  if (whole === undefined || part === null) return part;
  const ones = rational(BigInt(whole));
  // A mixed number's part is below 1 and has no sign.
  if (ones === null || part.num < 0n || part.num >= part.den) return null;
  return add(ones, part);
}

/** With what follows the number; null where that is no unit and no words that may be ignored. */
function measured(size: Rational, after: string, currency: string | null): ReadNumber | null {
  let value: Rational | null = size;
  let rest = after;
  const scale = SCALE.exec(rest);
  if (scale !== null) {
    const factor = parseRational(SCALES[(scale[1] ?? "").toLowerCase()] ?? "");
    value = factor === null ? null : multiply(value, factor);
    rest = rest.slice(scale[0].length);
  }
  const percent = PERCENT.exec(rest);
  if (percent !== null) {
    const hundredth = rational(1n, 100n);
    value = value === null || hundredth === null ? null : multiply(value, hundredth);
    rest = rest.slice(percent[0].length);
  }
  if (value === null) return null;
  const isPercent = percent !== null;
  rest = rest.replace(/^\s?[-)](?=\p{L})/u, " ").trimEnd();
  if (rest.trim() === "") return { value, isPercent, unit: currency };
  const sign = CURRENCY.exec(rest);
  if (sign !== null && rest.trim().length === 1) {
    const after = sign[1] ?? "";
    return { value, isPercent, unit: currency ?? CURRENCIES[after] ?? after };
  }
  const unit = unitNamed(rest) ?? wholeUnit(rest);
  if (unit !== null) return { value, isPercent, unit: currency ?? unit };
  if (!WORDS.test(rest) || OTHER_STATEMENT.test(rest)) return null;
  return { value, isPercent, unit: currency };
}

/** "°C" */
function wholeUnit(rest: string): string | null {
  const found = unitAfter(rest, 0);
  return found !== null && found.end === rest.length ? found.unit : null;
}
