/** One number, exactly or within a tolerance: with units, percent, fractions, and the separators of several locales. */
import { z } from "zod";
import { claimsOf, firstSentence } from "./answers/claimed-answer.ts";
import { isEqual, multiply, parseRational } from "./maths/expressions/rational.ts";
import type { Rational } from "./maths/expressions/rational.ts";
import { unitNamed } from "./maths/extraction/units.ts";
import { NumberLocale } from "./numbers/digit-groups.ts";
import { firstNumber, numberInText } from "./numbers/number-in-text.ts";
import { readNumber } from "./numbers/read-number.ts";
import type { ReadNumber } from "./numbers/read-number.ts";
import { unitSize } from "./numbers/unit-size.ts";
import { NO_GOLD, quoted, right, wrong } from "./verdict.ts";
import { optionsReader, readOnce } from "./verifier-options.ts";
import type { Judged, Verdict, Verifier } from "./verifier.ts";

const Options = z.strictObject({
  /** How far from the gold an answer may be, in the gold's unit. */
  absolute_tolerance: z.number().min(0).default(0),
  /** How far, as a part of the gold: 0.01 is one percent. The larger of the two counts. */
  relative_tolerance: z.number().min(0).default(0),
  /** How answers write numbers. */
  locale: NumberLocale.default("auto"),
  /** How the gold does; as answers do where it is left out. */
  gold_locale: NumberLocale.optional(),
  /** The gold's unit where it names none. */
  unit: z.string().optional(),
  /** Whether an answer without a unit is wrong where the gold has one. */
  require_unit: z.boolean().default(false),
  /** either: 50% is 0.5, and 50 as well where only one side has the sign. exact: 50% is 0.5 alone. */
  percent: z.enum(["either", "exact"]).default("either"),
});
type Options = z.infer<typeof Options>;

const readOptions = optionsReader(Options);

type Read = {
  readonly gold: ReadNumber;
  readonly written: string;
  readonly options: Options;
  readonly absolute: Rational;
  readonly relative: Rational;
};

const ZERO: Rational = { num: 0n, den: 1n };

const readJudged = readOnce(({ gold, options: written }): Read | { readonly refusal: string } => {
  const result = readOptions(written);
  if ("refusal" in result) return result;
  if (gold === null || gold.trim() === "") return { refusal: NO_GOLD };
  const { options } = result;
  const locale = options.gold_locale ?? options.locale;
  const number = readNumber(gold, locale);
  if (number === null)
    return {
      refusal: `The gold answer ${quoted(gold)} is not one number${locale === "auto" ? "" : ` as ${locale} writes it`}.`,
    };
  const unit = options.unit === undefined ? null : unitNamed(options.unit);
  if (options.unit !== undefined && unit === null)
    return { refusal: `The unit ${quoted(options.unit)} is not known.` };
  const absolute = parseRational(String(options.absolute_tolerance));
  const relative = parseRational(String(options.relative_tolerance));
  return {
    gold: { ...number, unit: number.unit ?? unit },
    written: gold,
    options,
    absolute: absolute ?? ZERO,
    relative: relative ?? ZERO,
  };
});

function verify(judged: Judged, answer: string): Verdict {
  const read = readJudged(judged);
  if ("refusal" in read) return wrong(read.refusal);
  const number = readNumber(answer, read.options.locale);
  if (number === null) return wrong(`${quoted(answer)} is not one number.`);
  return compared(read, number, answer);
}

function compared(read: Read, answer: ReadNumber, text: string): Verdict {
  const { gold, options } = read;
  if (options.require_unit && gold.unit !== null && answer.unit === null)
    return wrong(`${quoted(text)} names no unit, and ${quoted(read.written)} has one.`);
  const value = inUnitOf(gold, answer);
  if (value === null)
    return wrong(`${quoted(text)} is in another unit than ${quoted(read.written)}.`);
  const readings = percentReadings(gold, { ...answer, value }, options.percent);
  const isRight = readings.some(([expected, given]) => isNear(read, expected, given));
  const within =
    isEqual(read.absolute, ZERO) && isEqual(read.relative, ZERO) ? "" : " within the tolerance";
  return isRight
    ? right(`${quoted(text)} is ${quoted(read.written)}${within}.`)
    : wrong(`${quoted(text)} is not ${quoted(read.written)}${within}.`);
}

/** The answer's value in the gold's unit; where only one names a unit, the numbers alone count. null for another unit. */
function inUnitOf(gold: ReadNumber, answer: ReadNumber): Rational | null {
  if (gold.unit === null || answer.unit === null || gold.unit === answer.unit) return answer.value;
  const [wanted, given] = [unitSize(gold.unit), unitSize(answer.unit)];
  if (wanted !== null && given !== null) {
    if (wanted.dimension !== given.dimension) return null;
    const inBase = multiply(answer.value, given.factor);
    return inBase === null
      ? null
      : multiply(inBase, { num: wanted.factor.den, den: wanted.factor.num });
  }
  // Degrees may be of either scale.
  const isDegrees = /^deg[CF]?$/u.test(gold.unit) && /^deg[CF]?$/u.test(answer.unit);
  return isDegrees && [gold.unit, answer.unit].includes("deg") ? answer.value : null;
}

function percentReadings(
  gold: ReadNumber,
  answer: ReadNumber,
  mode: Options["percent"],
): (readonly [Rational, Rational])[] {
  const asWritten = [gold.value, answer.value] as const;
  if (mode === "exact" || gold.isPercent === answer.isPercent) return [asWritten];
  const hundred: Rational = { num: 100n, den: 1n };
  const [a, b] = [
    gold.isPercent ? multiply(gold.value, hundred) : gold.value,
    answer.isPercent ? multiply(answer.value, hundred) : answer.value,
  ];
  return a === null || b === null ? [asWritten] : [asWritten, [a, b]];
}

/** |a - b| ≤ max(absolute, relative · |a|), in whole numbers. */
function isNear({ absolute, relative }: Read, a: Rational, b: Rational): boolean {
  if (isEqual(a, b)) return true;
  const difference = { num: size(a.num * b.den - b.num * a.den), den: a.den * b.den };
  const part = { num: relative.num * size(a.num), den: relative.den * a.den };
  return [absolute, part].some(({ num, den }) => difference.num * den <= num * difference.den);
}

function size(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** The whole text where it is a number, else the number that it claims, else the one that it ends on. */
function verifyText(judged: Judged, text: string): Verdict {
  const read = readJudged(judged);
  if ("refusal" in read) return wrong(read.refusal);
  const { locale } = read.options;
  const whole = readNumber(text, locale);
  if (whole !== null) return compared(read, whole, text);
  const claimed = claimedNumbers(text);
  const verdicts = claimed.map((one) => verify(judged, one));
  const bad = verdicts.find(({ correct }) => !correct) ?? verdicts.at(-1);
  if (bad !== undefined) return bad;
  const found = numberInText(text);
  return found === null ? wrong(`There is no number in ${quoted(text)}.`) : verify(judged, found);
}

const MOST_CHARACTERS = 20_000;

function claimedNumbers(text: string): string[] {
  return claimsOf(text.slice(-MOST_CHARACTERS)).flatMap((claim) => {
    const number = /\d/u.test(claim.said)
      ? firstNumber(numberSentence(claim.said, claim.after))
      : null;
    return number === null ? [] : [number];
  });
}

/** A point between digits ends no sentence. */
function numberSentence(said: string, after: string): string {
  return firstSentence({ said, after });
}

function extractLenient(text: string): string | null {
  const claimed = new Map(claimedNumbers(text).map((one) => [answerKey(one), one]));
  // Two claims that differ are no answer; together they are read as one that is wrong.
  if (claimed.size > 0) return [...claimed.values()].join("; ");
  return numberInText(text);
}

function answerKey(answer: string): string {
  const number = readNumber(answer, "auto");
  if (number === null) return answer.slice(0, MOST_CHARACTERS).replaceAll(/\s+/gu, " ").trim();
  const { value, unit } = number;
  const measure = unit === null ? null : unitSize(unit);
  const inBase = measure === null ? value : multiply(value, measure.factor);
  const kind = measure === null ? unit : measure.dimension;
  const { num, den } = inBase ?? value;
  return `${String(num)}/${String(den)}${kind === null ? "" : ` ${kind}`}`;
}

export const numberVerifier: Verifier = {
  name: "number",
  version: "1",
  refusal: (judged) => {
    const read = readJudged(judged);
    return "refusal" in read ? read.refusal : null;
  },
  verify,
  verifyText,
  extractLenient,
  answerKey,
};
