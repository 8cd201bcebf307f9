/** Numbers and sums of numbers in running text, as Math-Verify finds them, and lists of them. */
import { ELLIPSIS, withoutEllipsis } from "../expressions/ellipsis.ts";
import { largeAsPower, normalizeLatex, withMixedNumbers } from "./normalize-latex.ts";
import { parseLatex } from "../parsing/parse-latex.ts";
import { baseName } from "../parsing/expression-names.ts";
import { isDecimal } from "../parsing/number-tokens.ts";
import { parseRational } from "../expressions/rational.ts";
import {
  boundAround,
  halfOfDay,
  isNoAnswer,
  isMonth,
  monthOf,
  otherNotation,
} from "./number-surroundings.ts";
import { runsOf } from "./running-text.ts";
import type { Run, Span } from "./running-text.ts";
import { unitAfter } from "./units.ts";
import type { MathsValue } from "../expressions/value.ts";

/** A reading: the value, and the text that it was read from; `value` is null where it could not be read. */
export type Extracted = {
  readonly value: MathsValue | null;
  readonly text: string;
  readonly unit?: string;
  /** A list in running text: between commas alone, or with a word in it. */
  readonly list?: "commas" | "words";
};

export type Piece = Span & {
  readonly isUnread?: true;
  readonly read: () => Extracted;
  /** The number that a sum begins with, for texts whose sum cannot be read. */
  readonly alone?: Span & { readonly read: () => Extracted };
};

const NUMBER = String.raw`(?<!\d)(?:-?(?:\d+(?:\.\d+)?|\.\d+)[eE][+-]?\d+(?!\d|\.\d|[a-zA-Z])|-?[1-9]\d{0,2}(?:(?:[ ,]\d{3})+|(?:_\d{3})+|(?:'\d{3})+)(?!\d)(?:\.\d+)?|-?[1-9]\d{0,2}(?:\.\d{3}){2,}(?!\d)|-?\d+[.,]\d+|\.\d+|-?\d+)(?!\d*[eE][+-]?\d)(?:\s*(?:%|[Pp]ercentage|[Pp]ercent|[Pp]ct))?`;
const OPERATORS = String.raw`+\-*×/^()÷·`;
const EXPRESSION = String.raw`-?\(?-?\d[\d.\s${OPERATORS}]{0,200}[${OPERATORS}][\d.\s${OPERATORS}]{1,200}\)?`;
/** What may stand right before a number: a space, a sign, letters of scripts that put no spaces. */
const BEFORE = String.raw`(?<=^|[\s=≈:、。"“「（\x60\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}])(?:\*\*|__)?`;
const PLAIN = new RegExp(
  String.raw`(?:${BEFORE}(?<expression>${EXPRESSION})(?=(?:\*\*)?(?:\.|,|:|\s|\)|\$|[。，、]|$)))|(?:${BEFORE}(?:(?<minus>-)?\\?[$€£¥₹₽₪₩₫฿])?(?<number>${NUMBER}))`,
  "gu",
);

/** In the order of the text. What stands inside `hidden` (formulas, boxes; in order) is no piece. */
export function plainPieces(text: string, hidden: readonly Span[]): Piece[] {
  const runs = runsOf(text, hidden);
  const covered = runs.length === 0 ? hidden : [...hidden, ...runs].toSorted(byStart);
  const numbers = numberPieces(text, covered);
  const formulas = runs.flatMap((run): Piece[] => {
    if (run.isRelation) return [{ ...span(run), read: () => readRelation(text, run) }];
    // What hides a number is right where the gold is the same text.
    const written = text.slice(run.start, run.end);
    const half = halfOfDay(text, run.end);
    const unread = { value: null, text: written, ...(half === null ? {} : { unit: half.unit }) };
    return numbers.hiding.has(run.start)
      ? [{ ...span(run), end: half?.end ?? run.end, isUnread: true, read: () => unread }]
      : [];
  });
  const pieces = [...numbers.pieces, ...formulas].toSorted(byStart);
  return joinedLists(text, withoutRoundings(text, pieces));
}

const ROUNDED =
  /^\s*[,(]?\s*(?:or|which is|that is|i\.e\.)?,?\s*(?:about|approximately|approx\.?|roughly|≈)\s*$/u;

/** "1/3, or about 0.33": the number before is the answer. */
function withoutRoundings(text: string, pieces: readonly Piece[]): readonly Piece[] {
  return pieces.filter((piece, index) => {
    const before = pieces[index - 1];
    if (before === undefined || before.isUnread === true) return true;
    const gap = piece.start - before.end;
    return gap < 1 || gap > 30 || !ROUNDED.test(text.slice(before.end, piece.start));
  });
}

function byStart(a: Span, b: Span): number {
  return a.start - b.start;
}

function span({ start, end }: Span): Span {
  return { start, end };
}

/** Numbers, and the starts of those spans that hide one. */
function numberPieces(
  text: string,
  covered: readonly Span[],
): { readonly pieces: readonly Piece[]; readonly hiding: ReadonlySet<number> } {
  let next = 0;
  const hiding = new Set<number>();
  const pieces = [...text.matchAll(PLAIN)].flatMap((match): Piece[] => {
    const start = match.index;
    const end = start + match[0].length;
    while ((covered[next]?.end ?? Number.POSITIVE_INFINITY) <= start) next++;
    const cover = covered[next];
    if (cover !== undefined && cover.start < end) {
      hiding.add(cover.start);
      return [];
    }
    // "16, not 15"
    if (isNoAnswer(text, { start, end })) return [];
    const whole = boundAround(text, { start, end }) ?? otherNotation(text, { start, end });
    if (whole !== null) {
      const written = text.slice(whole.start, whole.end);
      return [{ ...whole, isUnread: true, read: () => ({ value: null, text: written }) }];
    }
    const { expression, minus = "", number } = match.groups ?? {};
    if (number !== undefined) return [numberPiece(text, start, end, `${minus}${number}`)];
    if (expression === undefined) return [];
    const alone = /^(?:\*\*)?-?\d[\d,]*(?:\.\d+)?/u.exec(match[0])?.[0];
    return [
      {
        start,
        end,
        read: () => readPlainExpression(expression),
        ...(alone === undefined
          ? {}
          : {
              alone: {
                start,
                end: start + alone.length,
                read: () => readPlainNumber(alone.replace("**", "")),
              },
            }),
      },
    ];
  });
  return { pieces, hiding };
}

/** Digits between commas that are no groups of thousands: a list, not its first number. */
const DIGIT_LIST = /^(?:,-?\d+(?:\.\d+)?)+/u;
const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ["$", "dollar"],
  ["€", "euro"],
  ["£", "pound sterling"],
  ["¥", "yen"],
  ["₹", "rupee"],
]);
const LARGE = /^(?:\s(dozen|hundred|thousand|million|billion|trillion)\b|(‰))/u;
const CURRENCY_AFTER = /^\s?([$€£¥₹])(?!\s?\d)/u;
const BASE_BELOW =
  /^(?:_\{(\d{1,2}|[a-z]{1,8})\}|_(\d{1,2}|[a-z]{1,8})(?!\w)|\s?\(?(?:in\s)?base[\s-](\d{1,2}|[a-z]{3,8})\b\)?)/u;

function numberPiece(text: string, start: number, end: number, number: string): Piece {
  const rest = text.slice(end, end + 200);
  const others = rest.startsWith(",") ? DIGIT_LIST.exec(rest)?.[0] : undefined;
  if (others !== undefined) {
    const list = `${number}${others}`;
    const end_ = end + others.length;
    return { start, end: end_, read: () => listOf(list.split(",").map(readPlainNumber), list) };
  }
  const base = BASE_BELOW.exec(rest);
  if (base !== null) {
    const name = baseName(base[1] ?? base[2] ?? base[3] ?? "");
    return {
      start,
      end: end + base[0].length,
      read: () => withBase(readPlainNumber(number), name),
    };
  }
  const large = LARGE.exec(rest);
  const after = unitAfter(text, end + (large?.[0].length ?? 0));
  const currency =
    CURRENCY_AFTER.exec(rest)?.[1] ??
    text
      .slice(start, start + 5)
      .replaceAll(/[*\\-]/gu, "")
      .charAt(0);
  const month = monthOf(text, { start, end });
  const half = halfOfDay(text, end);
  const unit = half?.unit ?? month?.unit ?? after?.unit ?? CURRENCIES.get(currency) ?? null;
  return {
    start: month?.start ?? start,
    end: half?.end ?? month?.end ?? after?.end ?? end + (large?.[0].length ?? 0),
    read: () => {
      const read =
        large === null ? readPlainNumber(number) : timesLarge(number, large[1] ?? large[2] ?? "");
      return unit === null ? read : { ...read, unit };
    },
  };
}

/** 2.5 million */
function timesLarge(number: string, name: string): Extracted {
  const read = readPlainNumber(number);
  const text = `${read.text}${largeAsPower(name)}`;
  return { value: parseLatex(text), text };
}

function withBase(read: Extracted, base: string): Extracted {
  const { value } = read;
  return value?.kind === "number" ? { ...read, value: { ...value, base } } : read;
}

export function readPlainNumber(text: string): Extracted {
  const isPercent = /(?:%|[Pp]ercentage|[Pp]ercent|[Pp]ct)\s*$/u.test(text);
  const digits = text.replace(/\s*(?:%|[Pp]ercentage|[Pp]ercent|[Pp]ct)\s*$/u, "");
  const found =
    /^(-?)([1-9]\d{0,2}(?:[ ,_']\d{3})+(?:\.\d+)?|[1-9]\d{0,2}(?:\.\d{3}){2,}|\d+[.,]\d+|\.\d+|\d+|[\d.]+[eE][+-]?\d+)$/u.exec(
      digits,
    );
  const [, sign = "", size = ""] = found ?? [];
  const grouped = /^[1-9]\d{0,2}(?:[ ,_']\d{3})+(?!\d)/u.test(size);
  const isPointed = /\..*\./u.test(size);
  const plain = isPointed
    ? size.replaceAll(".", "")
    : grouped
      ? size.replaceAll(/[ ,_']/gu, "")
      : size.replace(",", ".");
  const value = parseRational(`${sign}${plain}`);
  if (found === null || value === null) return { value: null, text: digits };
  const number: MathsValue = { kind: "number", value, isFloat: isDecimal(plain) };
  return {
    value: isPercent ? { kind: "percent", of: number } : number,
    text: `${sign}${plain}`,
  };
}

/** Sums, products, quotients and powers of numbers, as programs write them. */
function readPlainExpression(text: string): Extracted {
  const closes = text.split(")").length > text.split("(").length;
  const own = closes ? text.replace(/\)\s*$/u, "") : text;
  const latex = own.replaceAll("÷", "/").replaceAll(/[×·]/gu, "*").replaceAll("**", "^").trim();
  const braced = latex.replaceAll(/\^\(([^()]*)\)/gu, "^{$1}");
  return { value: parseLatex(withMixedNumbers(braced.replaceAll(/\^(-\d+)/gu, "^{$1}"))), text };
}

const FUNCTION_NAME = /(?<![\\a-zA-Z])(sin|cos|tan|cot|log|ln|exp|pi|gcd|lcm)(?![a-zA-Z])/gu;

function readRelation(whole: string, { start, end }: Run): Extracted {
  const text = whole.slice(start, end);
  const latex = text
    .replaceAll("+/-", String.raw`\pm `)
    .replaceAll("**", "^")
    .replaceAll("==", "=")
    .replaceAll(FUNCTION_NAME, String.raw`\$1 `);
  const { text: plain, unit } = normalizeLatex(latex);
  return { value: parseLatex(plain), text, ...(unit === null ? {} : { unit }) };
}

/** Between two items of a list; the words of a few languages. */
const BETWEEN =
  /^\s*\(?(?:[,;、|]\s*(?:and|or)?|and|or|&|as well as|through|或者?|和|与|及|oder|und|ou|et|или|и|to)(?:\s(?:maybe|possibly|perhaps|also|else))?\s*$|^[^\S\n]+$/u;
const DOTS_BETWEEN = /^\s*,?\s*\.{2,3}\s*,?\s*$/u;
const MOST_BETWEEN = 24;

/** Neighbours in a list become one piece: "12, 13 and 14" is not 14. */
function joinedLists(text: string, pieces: readonly Piece[]): Piece[] {
  const joined: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const group: Piece[] = [];
    const betweens: string[] = [];
    for (let j = i; j < pieces.length; j++) {
      const piece = pieces[j];
      const last = group.at(-1);
      if (piece === undefined || (piece.isUnread === true && last !== undefined)) break;
      if (last !== undefined) {
        const between = text.slice(last.end, piece.start).replaceAll("**", "");
        if (between.length > MOST_BETWEEN) break;
        if (!BETWEEN.test(between) && !DOTS_BETWEEN.test(between)) break;
        betweens.push(between);
      }
      group.push(piece);
      if (piece.isUnread === true) break;
    }
    const last = group.at(-1);
    if (last === undefined) continue;
    const isCommaOnly = !betweens.some((between) => /[^\s,;、]/u.test(between));
    // "Out of 20, 15 are red": a sentence goes on.
    const goesOn = isCommaOnly && /^ [a-z]{2,}/u.test(text.slice(last.end, last.end + 3));
    if (group.length === 1 || (group.length === 2 && goesOn)) joined.push(...group);
    else joined.push(listPiece(text, group, betweens, isCommaOnly));
    i += group.length - 1;
  }
  return joined;
}

function listPiece(
  text: string,
  group: readonly Piece[],
  betweens: readonly string[],
  isCommaOnly: boolean,
): Piece {
  const start = group[0]?.start ?? 0;
  const end = group.at(-1)?.end ?? start;
  return {
    start,
    end,
    read: () => {
      const readings = group.flatMap(({ read }, index): Extracted[] =>
        DOTS_BETWEEN.test(betweens[index - 1] ?? "")
          ? [{ value: ELLIPSIS, text: "" }, read()]
          : [read()],
      );
      const list = listOf(readings, text.slice(start, end), isCommaOnly ? "commas" : "words");
      // July 4, 1776
      const month = readings.find(({ unit }) => unit !== undefined && isMonth(unit))?.unit;
      return month === undefined ? list : { ...list, unit: month };
    },
  };
}

const MOST_ITEMS = 200;

export function listOf(
  readings: readonly Extracted[],
  text: string,
  list: "commas" | "words" = "commas",
): Extracted {
  const values = readings.flatMap(({ value }) => (value === null ? [] : [value]));
  const items = withoutEllipsis(
    values.flatMap((value) => (value.kind === "set" ? value.items : [value])),
  );
  return {
    value:
      values.length < readings.length || items.length > MOST_ITEMS ? null : { kind: "set", items },
    text,
    list,
  };
}
