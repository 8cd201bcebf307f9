/**
 * Finds the answer in a text as Math-Verify does: formulas (between dollars or brackets, or in a box)
 * and plain numbers are candidates; what follows "final answer is", a box, "answer:" or "answer" goes
 * before the rest, and among equals the last one wins. The first candidate that can be read counts.
 */
import { boxSpans } from "./boxes.ts";
import { normalizeLatex } from "./normalize-latex.ts";
import { parseLatex } from "../parsing/parse-latex.ts";
import { listOf, plainPieces } from "./plain-numbers.ts";
import type { Extracted } from "./plain-numbers.ts";
import type { Span } from "./running-text.ts";
import type { MathsValue } from "../expressions/value.ts";
import { plainCharacters } from "./written-characters.ts";

export type MatchKind = "latex" | "expr";

type Candidate = {
  readonly start: number;
  readonly end: number;
  readonly priority: number;
  readonly read: () => Extracted;
};

/** Only the end of a very long text is searched. */
const MOST_CHARACTERS = 100_000;
/** 1.5 x 10^3: the letter is a sign. */
const TIMES_TEN = /(?<=\d\s?)[xX](?=\s?10\s?\^)/gu;

/** Everything that the text may mean, the reading first; empty where there is nothing to read. */
export function extractMaths(whole: string, kinds: readonly MatchKind[]): Extracted[] {
  const text = plainText(whole);
  let fallback: Extracted | null = null;
  let failed: number | null = null;
  for (const candidate of candidatesIn(text, kinds)) {
    // Once something of a priority was read, later ones do not count; an unread one lets the next try.
    const found = candidate.read();
    if (found.text !== "" && fallback === null) fallback = { ...found, value: null };
    if (found.value !== null)
      return fallback === null || failed === null ? [found] : [found, fallback];
    failed = candidate.priority;
  }
  return fallback === null ? [] : [fallback];
}

/** The part of a text that its answer is read from; null where nothing can be. */
export function answerSpan(whole: string): string | null {
  const text = plainText(whole);
  const candidates = candidatesIn(text, ["latex", "expr"]);
  const best =
    candidates.find(({ read }) => read().value !== null) ??
    candidates.find(({ read }) => read().text !== "");
  if (best === undefined) return null;
  return text.slice(best.start, best.end).replaceAll("**", "").trim();
}

function plainText(whole: string): string {
  return plainCharacters(whole.slice(-MOST_CHARACTERS)).replaceAll(TIMES_TEN, "*");
}

/** The best one first. */
function candidatesIn(text: string, kinds: readonly MatchKind[]): Candidate[] {
  const hasLatex = kinds.includes("latex");
  const formulas = hasLatex ? formulasOf(text) : [];
  // A number within a formula or a box is read with it or not at all.
  const hidden = hasLatex ? merged([...formulas, ...boxSpans(text)]) : [];
  const latex = hasLatex ? raiseAnswers(text, latexCandidates(text, formulas), "latex") : [];
  const plain = kinds.includes("expr")
    ? raiseAnswers(text, plainCandidates(text, hidden), "expr")
    : [];
  return [...latex, ...plain, ...mixedLists(text, latex, plain)].toSorted(
    (a, b) => a.priority - b.priority || b.end - a.end || a.start - b.start,
  );
}

const OR_BETWEEN = /^\s*,?\s*(?:or|and|oder|或者?)\s*$/u;

/** "$1$ or 72": a formula and a number beside it are one list. */
function mixedLists(
  text: string,
  latex: readonly Candidate[],
  plain: readonly Candidate[],
): Candidate[] {
  if (latex.length === 0 || plain.length === 0) return [];
  const inPlain = new Set(plain);
  const all = [...latex, ...plain].toSorted((a, b) => a.start - b.start);
  return all.slice(1).flatMap((second, index): Candidate[] => {
    const first = all[index];
    if (first === undefined || inPlain.has(first) === inPlain.has(second)) return [];
    const gap = second.start - first.end;
    if (gap < 1 || gap > 12 || !OR_BETWEEN.test(text.slice(first.end, second.start))) return [];
    return [
      {
        start: first.start,
        end: second.end,
        priority: Math.min(first.priority, second.priority),
        read: () =>
          listOf([first.read(), second.read()], text.slice(first.start, second.end), "words"),
      },
    ];
  });
}

function merged(spans: readonly Span[]): Span[] {
  const kept: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const last = kept.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else kept.push({ start, end });
  }
  return kept;
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
  const found = formulaMatches(text).map((match): Formula => {
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

function formulaMatches(text: string): RegExpExecArray[] {
  const found: RegExpExecArray[] = [];
  FORMULA.lastIndex = 0;
  for (let match = FORMULA.exec(text); match !== null; match = FORMULA.exec(text)) {
    if (isMoney(text, match)) FORMULA.lastIndex = match.index + 1;
    else found.push(match);
  }
  return found;
}

/** "$5 and she has $10": the second dollar sign begins an amount and ends no formula. */
function isMoney(text: string, { 0: whole, index }: RegExpExecArray): boolean {
  if (!/^\$\d/u.test(whole) || whole.startsWith("$$")) return false;
  const after = text.charAt(index + whole.length);
  return /\d/u.test(after) || (/\s\$$/u.test(whole) && /[a-zA-Z\\]/u.test(after));
}

function withPercent(text: string, start: number, end: number, latex: string): Formula {
  const after = PERCENT_AFTER.exec(text.slice(end, end + 40));
  return { start, end: end + (after?.[0].length ?? 0), latex, percent: after !== null };
}

function latexCandidates(text: string, formulas: readonly Formula[]): Candidate[] {
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
  if (lastBox >= 0 && lastBrace > lastBox) {
    const start = text.indexOf(String.raw`\boxed`);
    candidates.push({
      start,
      end: lastBrace + 1,
      priority: 50,
      read: () => readLatex(text.slice(start, lastBrace + 1), "last", false),
    });
  }
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
  const { text, unit } = normalizeLatex(latex, boxes);
  const value = parseLatex(text) ?? parseLastEquation(text);
  const isNumber = value?.kind === "number";
  return {
    value: percent && isNumber ? { kind: "percent", of: value } : value,
    text,
    ...(unit === null ? {} : { unit }),
  };
}

/** Notations that are known but not worked out; what they equal is read. */
const OPAQUE =
  /\\(?:lim|sum|prod|i{1,3}nt|oint|operatorname|text|mathbb|Pr|cap|cup|angle|widehat|overarc|max|min|sup|inf|frac\s*\{d|vec|\||overrightarrow|mid|det|nabla|partial|c?dots|ldots)(?![a-z])|^\s*[A-Z]\s*[([|{].*[)\]|}]\s*$/u;

/** Of a chain of equations that cannot be read whole, the last part; of one equation, where its left side is a known notation. */
function parseLastEquation(text: string): MathsValue | null {
  if (/(?<!\\)[,;]/u.test(text)) return null;
  const parts = text.split(/(?<![\\<>!]|\\n?eq?\s?|\\not)=/u);
  const last = parts.at(-1);
  const [first] = parts;
  if (parts.length < 2 || last === undefined || first === undefined) return null;
  return parts.length > 2 || OPAQUE.test(first) ? parseLatex(last) : null;
}

/** Pieces of running text; of a sum also the number that it begins with. */
function plainCandidates(text: string, hidden: readonly Span[]): Candidate[] {
  return plainPieces(text, hidden).flatMap(({ start, end, read, alone }): Candidate[] => {
    const priority = finalAnswerPriority(text, start, end);
    const own: Candidate[] = [{ start, end, priority, read }];
    if (alone !== undefined) own.push({ ...alone, priority });
    return own;
  });
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
