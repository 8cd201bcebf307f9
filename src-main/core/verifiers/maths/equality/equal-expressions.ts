/** Whether two expressions have the same value: exactly, after rounding, or at many points. */
import { exactValue, numericValue } from "../expressions/evaluate.ts";
import type { Complex } from "../expressions/evaluate.ts";
import { isEqual } from "../expressions/rational.ts";
import { symbolsOf } from "../expressions/value.ts";
import type { Expression } from "../expressions/value.ts";

export type MathsOptions = {
  /** Decimals to which numbers with a decimal point are rounded. */
  readonly precision: number;
  /** Without it, variables match by place and sets by their items in order. */
  readonly strict: boolean;
  /** Whether a relation may equal a set where the gold is the set. */
  readonly allowSetRelation: boolean;
};

export function equalExpressions(
  gold: Expression,
  answer: Expression,
  options: MathsOptions,
): boolean {
  if (!sameBases(gold, answer)) return false;
  if (isName(gold) || isName(answer)) return equalNames(gold, answer);
  if (isNumber(gold) || isNumber(answer)) {
    // A whole number and a decimal one are equal exactly, not after rounding; as the reference has it.
    if (isPlainWhole(gold) || isPlainWhole(answer)) {
      const [a, b] = [exactValue(gold), exactValue(answer)];
      if (a !== null && b !== null && isEqual(a, b)) return true;
      if (gold.kind === "number" && answer.kind === "number") return false;
    }
    const isExact = repeats(gold) || repeats(answer);
    if (!isExact && (isFloat(gold) || isFloat(answer)))
      return equalRounded(gold, answer, options.precision);
    if (isWholeNumber(gold) && isWholeNumber(answer)) {
      // 9% and 9 are the same answer.
      const [a, b] = [exactValue(withoutPercent(gold)), exactValue(withoutPercent(answer))];
      if (a !== null && b !== null) return isEqual(a, b);
    }
  }
  return equalEverywhere(gold, answer);
}

/** 42_5 is not 42_7; digits without a base are compared as they are. */
function sameBases(gold: Expression, answer: Expression): boolean {
  const a = basesIn(gold).join();
  const b = a === "" ? "" : basesIn(answer).join();
  return a === "" || b === "" || a === b;
}

function basesIn(expression: Expression): string[] {
  switch (expression.kind) {
    case "number":
      return expression.base === undefined ? [] : [expression.base];
    case "sum":
      return expression.terms.flatMap(basesIn);
    case "product":
      return expression.factors.flatMap(basesIn);
    case "power":
      return [...basesIn(expression.base), ...basesIn(expression.exponent)];
    case "call":
      return expression.args.flatMap(basesIn);
    case "percent":
      return basesIn(expression.of);
    case "symbol":
    case "constant":
      return [];
    default:
      return expression satisfies never;
  }
}

function isName(expression: Expression): boolean {
  return expression.kind === "symbol";
}

/** abc as three letters and \text{abc} are the same name; case counts for single letters only. */
function equalNames(gold: Expression, answer: Expression): boolean {
  const [a, b] = [nameOf(gold), nameOf(answer)];
  if (a === null || b === null) return false;
  if (gold.kind === "symbol" && answer.kind === "symbol")
    return (a.length > 1 ? a.toLowerCase() : a) === (b.length > 1 ? b.toLowerCase() : b);
  return a.toLowerCase() === b.toLowerCase();
}

function nameOf(expression: Expression): string | null {
  if (expression.kind === "symbol") return expression.name;
  if (expression.kind === "constant" && (expression.name === "e" || expression.name === "i"))
    return expression.name;
  if (expression.kind !== "product") return null;
  const names = expression.factors.map(nameOf);
  return names.includes(null) ? null : names.join("");
}

function withoutPercent(expression: Expression): Expression {
  return expression.kind === "percent" ? expression.of : expression;
}

function isNumber(expression: Expression): boolean {
  return withoutPercent(expression).kind === "number";
}

function isFloat(expression: Expression): boolean {
  const inner = withoutPercent(expression);
  return inner.kind === "number" && inner.isFloat;
}

/** Repeating decimals are a way to write a fraction: no rounding makes another number of them. */
function repeats(expression: Expression): boolean {
  const inner = withoutPercent(expression);
  return inner.kind === "number" && inner.repeats === true;
}

function isPlainWhole(expression: Expression): boolean {
  return expression.kind === "number" && isWholeNumber(expression);
}

function isWholeNumber(expression: Expression): boolean {
  const inner = withoutPercent(expression);
  return inner.kind === "number" && !inner.isFloat && inner.value.den === 1n;
}

function equalRounded(gold: Expression, answer: Expression, precision: number): boolean {
  if (symbolsOf(gold).size > 0 || symbolsOf(answer).size > 0) return equalEverywhere(gold, answer);
  const [a, b] = [numericValue(gold, new Map()), numericValue(answer, new Map())];
  if (![a.re, a.im, b.re, b.im].every(Number.isFinite)) return false;
  return sameRounded(a.re, b.re, precision) && sameRounded(a.im, b.im, precision);
}

/** The same after rounding half to even. */
function sameRounded(a: number, b: number, precision: number): boolean {
  if (Math.abs(a) < 1e15 / 10 ** precision && Math.abs(b) < 1e15 / 10 ** precision)
    return roundHalfEven(a * 10 ** precision) === roundHalfEven(b * 10 ** precision);
  return Math.abs(a - b) <= 1e-14 * Math.max(Math.abs(a), Math.abs(b));
}

function roundHalfEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (Math.abs(rest - 0.5) < 1e-9) return below % 2 === 0 ? below : below + 1;
  return Math.round(x);
}

const POINTS = 8;

/** Equal exactly where both are fractions, else to 12 figures at every sampled point where both are defined. */
function equalEverywhere(gold: Expression, answer: Expression): boolean {
  const names = [...symbolsOf(gold, symbolsOf(answer))];
  if (names.length === 0) {
    const [a, b] = [exactValue(gold), exactValue(answer)];
    if (a !== null && b !== null) return isEqual(a, b);
    return near(numericValue(gold, new Map()), numericValue(answer, new Map()));
  }
  let compared = 0;
  for (const at of samplePoints(names, POINTS)) {
    const [a, b] = [numericValue(gold, at), numericValue(answer, at)];
    if (![a.re, a.im, b.re, b.im].every(Number.isFinite)) {
      if (Number.isFinite(a.re) !== Number.isFinite(b.re)) return false;
      continue;
    }
    if (!near(a, b)) return false;
    compared++;
  }
  return compared >= POINTS / 4;
}

function near(a: Complex, b: Complex): boolean {
  if (a.re === b.re && a.im === b.im) return true;
  if (![a.re, a.im, b.re, b.im].every(Number.isFinite)) return false;
  const gap = Math.hypot(a.re - b.re, a.im - b.im);
  return gap <= 1e-11 * Math.max(1e-3, Math.hypot(a.re, a.im), Math.hypot(b.re, b.im));
}

/** Fixed points, positive and negative, none of them special. */
export function samplePoints(
  names: readonly string[],
  count: number,
): ReadonlyMap<string, number>[] {
  return Array.from({ length: count }, (_, i) => {
    const at = names.map((name, j): [string, number] => {
      const spread = Math.sin((i + 1) * 12.9898 + (j + 1) * 78.233) * 43.758;
      const value = (spread - Math.floor(spread)) * 2.7 + 0.31;
      return [name, i % 3 === 2 ? -value : value];
    });
    return new Map(at);
  });
}
