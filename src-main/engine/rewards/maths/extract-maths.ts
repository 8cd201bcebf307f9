/**
 * Finds the answer in a text as Math-Verify does: formulas (between dollars or brackets, or in a box)
 * and plain numbers are candidates; what follows "final answer is", a box, "answer:" or "answer" goes
 * before the rest, and among equals the last one wins. The first candidate that can be read counts.
 */
import { normalizeLatex } from "./normalize-latex.ts";
import { parseLatex } from "./parse-latex.ts";
import { parseRational } from "./rational.ts";
import type { MathsValue } from "./value.ts";

export type MatchKind = "latex" | "expr";

/** A reading: the value, and the text that it was read from; `value` is null where it could not be read. */
export type Extracted = { readonly value: MathsValue | null; readonly text: string };

type Candidate = {
  readonly start: number;
  readonly end: number;
  readonly priority: number;
  readonly read: () => Extracted;
};

/** Only the end of a very long text is searched. */
const MOST_CHARACTERS = 100_000;

/** Everything that the text may mean, the reading first; empty where there is nothing to read. */
export function extractMaths(whole: string, kinds: readonly MatchKind[]): Extracted[] {
  const text = whole.slice(-MOST_CHARACTERS);
  const candidates = [
    ...(kinds.includes("latex") ? raiseAnswers(text, latexCandidates(text), "latex") : []),
    ...(kinds.includes("expr") ? raiseAnswers(text, plainCandidates(text), "expr") : []),
  ].toSorted((a, b) => a.priority - b.priority || b.end - a.end || a.start - b.start);
  let fallback: string | null = null;
  let failed: number | null = null;
  for (const candidate of candidates) {
    // Once something of a priority was read, later ones do not count; an unread one lets the next try.
    const found = candidate.read();
    if (found.text !== "" && fallback === null) fallback = found.text;
    if (found.value !== null)
      return fallback === null || failed === null
        ? [found]
        : [found, { value: null, text: fallback }];
    failed = candidate.priority;
  }
  return fallback === null ? [] : [{ value: null, text: fallback }];
}

const FORMULA =
  /(?<!\\)\$\$((?:[^$]|\$(?!\$))+?)(?<!\\)\$\$|(?<!\\)\\\[((?:[^\\]|\\(?!\]))+?)\\\]|(?<!\\|\d)\$((?:\\\$|[^\n$])+?)(?<!\\)\$|(?<!\\)\\\(((?:[^\\\n]|\\(?!\)))+?)\\\)|(?<=\s)\[([^\n\][]+?)\](?=\s)/gu;
const PLAIN_FRACTION = /-?\\frac\{-?\d+(?:[.,]\d+)?\}\{-?\d+(?:[.,]\d+)?\}/gu;
const PERCENT_AFTER = /^\s*(?:\\?%|[Pp]ercentage|[Pp]ercent|[Pp]ct)/u;
const BETWEEN = /^\s*(?:,?and|,?or|,)\s*$/u;
const MOST_JOINED = 6;

type Formula = {
  readonly start: number;
  readonly end: number;
  readonly latex: string;
  readonly percent: boolean;
};

function formulasOf(text: string): Formula[] {
  const found = [...text.matchAll(FORMULA)].map((match): Formula => {
    const latex = match.slice(1).find((group) => group !== undefined) ?? "";
    return withPercent(text, match.index, match.index + match[0].length, latex);
  });
  const inside = (at: number): boolean => {
    const before = found[firstFrom(found, at + 1) - 1];
    return before !== undefined && at < before.end;
  };
  const fractions = [...text.matchAll(PLAIN_FRACTION)]
    .filter(({ index }) => !inside(index))
    .map((match) => withPercent(text, match.index, match.index + match[0].length, match[0]));
  return [...found, ...fractions].toSorted((a, b) => a.start - b.start);
}

function withPercent(text: string, start: number, end: number, latex: string): Formula {
  const after = PERCENT_AFTER.exec(text.slice(end, end + 40));
  return { start, end: end + (after?.[0].length ?? 0), latex, percent: after !== null };
}

function latexCandidates(text: string): Candidate[] {
  const formulas = formulasOf(text);
  const candidates: Candidate[] = [];
  let taken = 0;
  for (const [index, first] of formulas.entries()) {
    if (index < taken) continue;
    const group = [first];
    while (group.length < MOST_JOINED) {
      const next = formulas[index + group.length];
      const last = group.at(-1);
      if (next === undefined || last === undefined) break;
      if (!BETWEEN.test(text.slice(last.end, next.start))) break;
      group.push(next);
    }
    taken = index + group.length;
    const end = group.at(-1)?.end ?? first.end;
    const isBoxed = group.every(({ latex }) => latex.includes(String.raw`\boxed`));
    candidates.push({
      start: first.start,
      end,
      priority: Math.min(finalAnswerPriority(text, first.start, end), isBoxed ? 50 : 300),
      read: () => readFormulas(group),
    });
  }
  const lastBox = text.lastIndexOf(String.raw`\boxed`);
  const lastBrace = text.lastIndexOf("}");
  if (lastBox >= 0 && lastBrace > lastBox)
    candidates.push({
      start: text.indexOf(String.raw`\boxed`),
      end: lastBrace + 1,
      priority: 50,
      read: () =>
        readLatex(text.slice(text.indexOf(String.raw`\boxed`), lastBrace + 1), "last", false),
    });
  return candidates;
}

function readFormulas(group: readonly Formula[]): Extracted {
  const readings = group.map(({ latex, percent }) => readLatex(latex, "all", percent));
  const [first] = readings;
  if (first === undefined) return { value: null, text: "" };
  const values = readings.flatMap(({ value }) => (value === null ? [] : [value]));
  if (readings.length === 1 || values.length < readings.length) return first;
  return {
    value: {
      kind: "set",
      items: values.flatMap((value) => (value.kind === "set" ? value.items : [value])),
    },
    text: readings.map((reading) => reading.text).join(" and "),
  };
}

function readLatex(latex: string, boxes: "last" | "all", percent: boolean): Extracted {
  if (latex.length > 20_000) return { value: null, text: "" };
  const text = normalizeLatex(latex, boxes);
  const value = parseLatex(text) ?? parseLastEquation(text);
  const isNumber = value?.kind === "number";
  return { value: percent && isNumber ? { kind: "percent", of: value } : value, text };
}

/** Of a chain of equations that cannot be read whole, the last part. */
function parseLastEquation(text: string): MathsValue | null {
  if (text.includes(",") || text.includes(";")) return null;
  const parts = text.split(/(?<![\\<!>])=/u);
  const last = parts.at(-1);
  return parts.length > 2 && last !== undefined ? parseLatex(last) : null;
}

const NUMBER = String.raw`(?<!\d)(?:-?[1-9]\d{0,2}(?:[ ,]\d{3})+(?:\.\d+)?|-?\d+[.,]\d+|\.\d+|-?\d+)(?:\s*(?:%|[Pp]ercentage|[Pp]ercent|[Pp]ct))?`;
const OPERATORS = String.raw`+\-*×/^()÷`;
const EXPRESSION = String.raw`-?\(?-?\d[\d.\s${OPERATORS}]{0,200}[${OPERATORS}][\d.\s${OPERATORS}]{1,200}\)?`;
const PLAIN = new RegExp(
  String.raw`(?:(?<=^|\s|=)(?:\*\*)?(?<expression>${EXPRESSION})(?=(?:\*\*)?(?:\.|,|:|\s|\)|\$|$)))|(?:(?<=^|\s|=)(?:\*\*)?[$€£¥₹₽₪₩₫฿]?(?<number>${NUMBER}))`,
  "gu",
);

function plainCandidates(text: string): Candidate[] {
  return [...text.matchAll(PLAIN)].flatMap((match): Candidate[] => {
    const { expression, number } = match.groups ?? {};
    const start = match.index;
    const end = start + match[0].length;
    const priority = finalAnswerPriority(text, start, end);
    const own: Candidate[] = [];
    if (expression !== undefined) {
      own.push({ start, end, priority, read: () => readPlainExpression(expression) });
      const alone = /^(?:\*\*)?-?\d[\d,]*(?:\.\d+)?/u.exec(match[0]);
      if (alone !== null)
        own.push({
          start,
          end: start + alone[0].length,
          priority,
          read: () => readPlainNumber(alone[0].replace("**", "")),
        });
    }
    if (number !== undefined)
      own.push({ start, end, priority, read: () => readPlainNumber(number) });
    return own;
  });
}

function readPlainNumber(text: string): Extracted {
  const isPercent = /[%a-zA-Z]\s*$/u.test(text);
  const digits = text.replace(/\s*(?:%|[a-zA-Z]+)\s*$/u, "");
  const found = /^(-?)(\d{1,3}(?:[ ,]\d{3})+(?:\.\d+)?|\d+[.,]\d+|\.\d+|\d+)$/u.exec(digits);
  const [, sign = "", size = ""] = found ?? [];
  const grouped = /^\d{1,3}(?:[ ,]\d{3})+/u.test(size);
  const plain = grouped ? size.replaceAll(/[ ,]/gu, "") : size.replace(",", ".");
  const value = parseRational(`${sign}${plain}`);
  if (found === null || value === null) return { value: null, text: "" };
  const number: MathsValue = { kind: "number", value, isFloat: plain.includes(".") };
  return {
    value: isPercent ? { kind: "percent", of: number } : number,
    text: `${sign}${plain}`,
  };
}

/** Sums, products, quotients and powers of numbers, as programs write them. */
function readPlainExpression(text: string): Extracted {
  const latex = text.replaceAll("÷", "/").replaceAll("×", "*").replaceAll("**", "^").trim();
  return { value: parseLatex(latex.replaceAll(/\^\(([^()]*)\)/gu, "^{$1}")), text };
}

/** "final answer is …" right before a candidate (and "I hope" after it). */
function finalAnswerPriority(text: string, start: number, end: number): number {
  const before = text.slice(Math.max(0, start - 130), start);
  if (/final answer is:?\s*$/iu.test(before) && /^\.?\s?I hope/u.test(text.slice(end, end + 12)))
    return 0;
  return /final answer[\s\S]{0,100}?\s+is:?\s*$/iu.test(before) ? 50 : 300;
}

/** Characters between the word and its candidate, and between the word and an equals sign. */
const NEAR = 50;
const NEAR_EQUALS = 100;

/**
 * The word "answer" raises one candidate after it: the one behind the last equals sign nearby, else
 * the first nearby. With a colon it raises it more.
 */
function raiseAnswers(
  text: string,
  candidates: readonly Candidate[],
  kind: MatchKind,
): Candidate[] {
  const raised = new Map<Candidate, number>();
  for (const colon of [true, false]) {
    let from = 0;
    for (const { index } of text.matchAll(/answer/giu)) {
      const after = index + "answer".length + (colon ? 1 : 0);
      if (index < from || (colon && text.charAt(after - 1) !== ":")) continue;
      const next = candidateAfter(text, candidates, after, kind);
      if (next === undefined) continue;
      from = next.end;
      raised.set(next, Math.min(raised.get(next) ?? 300, colon ? 100 : 200));
    }
  }
  return candidates.map((one) => ({
    ...one,
    priority: Math.min(one.priority, raised.get(one) ?? 300),
  }));
}

/** `candidates` in the order of their starts. Looks no further than the words that count. */
function candidateAfter(
  text: string,
  candidates: readonly Candidate[],
  after: number,
  kind: MatchKind,
): Candidate | undefined {
  const near: Candidate[] = [];
  const reach = after + (kind === "latex" ? NEAR : NEAR_EQUALS);
  for (let i = firstFrom(candidates, after); i < candidates.length; i++) {
    const candidate = candidates[i];
    if (candidate === undefined || candidate.start > reach) break;
    near.push(candidate);
  }
  if (kind === "latex") return near[0];
  const newline = text.slice(after, reach + 1).indexOf("\n");
  const lineEnd = newline < 0 ? reach : after + newline;
  const usable = near.filter(
    ({ start, end }) => start <= lineEnd + 1 && !/^\s*=/u.test(text.slice(end, end + 5)),
  );
  return (
    usable.findLast(({ start }) => /=\s*$/u.test(text.slice(Math.max(after, start - 5), start))) ??
    usable.find(({ start }) => start - after <= NEAR + 1)
  );
}

/** Index of the first one that starts at or after a place (binary search). */
function firstFrom(sorted: readonly { readonly start: number }[], place: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle]?.start ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
