/** Equations and inequalities: as assignments, as ranges, and turned around. */
import { difference } from "../parsing/build-expression.ts";
import { numericValue } from "../expressions/evaluate.ts";
import { samplePoints } from "./equal-expressions.ts";
import { isNamed, isQuantity } from "./named-quantity.ts";
import { isExpression, symbolsOf } from "../expressions/value.ts";
import type { Expression, MathsValue, RelationSign } from "../expressions/value.ts";

export type Relation = Extract<MathsValue, { kind: "relation" }>;

const FLIPPED: Readonly<Record<RelationSign, RelationSign>> = {
  "=": "=",
  "!=": "!=",
  "<": ">",
  ">": "<",
  "<=": ">=",
  ">=": "<=",
};

export function isEquation(value: MathsValue): boolean {
  return value.kind === "relation" && value.signs.every((sign) => sign === "=");
}

/** An equation whose left side is only a name, or a sum of names. */
export function isAssignment(value: MathsValue): boolean {
  if (value.kind !== "relation" || !isEquation(value)) return false;
  const [left] = value.parts;
  return left !== undefined && (isQuantity(left) || isSizeOfName(left));
}

/** |z| = 5 as a gold answer asks for 5, as the reference has it. */
function isSizeOfName(value: MathsValue): boolean {
  const [only] = value.kind === "call" && value.name === "abs" ? value.args : [];
  return only !== undefined && isNamed(only);
}

/** x = 2·3 = 6 says x = 6. */
export function shortened(value: MathsValue): MathsValue {
  if (!isAssignment(value) || value.kind !== "relation" || value.parts.length < 3) return value;
  const [first] = value.parts;
  const last = value.parts.at(-1);
  if (first === undefined || last === undefined) return value;
  return { kind: "relation", parts: [first, last], signs: ["="] };
}

/** What a name is said to be: the right side of an assignment, 0.5 of "0.5 = x". */
export function assignedValue(value: MathsValue): MathsValue {
  if (value.kind !== "relation") return value;
  const last = value.parts.at(-1) ?? value;
  const before = value.parts.at(-2) ?? value;
  return isNamed(last) && !isNamed(before) ? before : last;
}

/**
 * Whether an equation says what something is: x = 15, m + n = 15, 7 + 8 = 15, 15 = x. Not x² = 15, which
 * leaves x to be found.
 */
export function isStatement({ parts }: Relation): boolean {
  const first = parts[0];
  const last = parts.at(-1);
  if (first === undefined || last === undefined) return false;
  if (!isExpression(first) || symbolsOf(first).size === 0) {
    const hasName = isExpression(last) && symbolsOf(last).size > 0;
    if (isExpression(first)) return !hasName || isNamed(last);
  }
  return isQuantity(first);
}

/** (x, y) = (1, 2) as x = 1, y = 2; null for anything else. */
export function asAssignments(value: MathsValue): MathsValue | null {
  if (value.kind !== "relation" || value.signs.length !== 1 || value.signs[0] !== "=") return null;
  const [names, values] = value.parts.map(coordinates);
  if (!names || !values || names.length !== values.length || !names.every(isNamed)) return null;
  return {
    kind: "set",
    items: names.flatMap((name, index): MathsValue[] => {
      const given = values[index];
      return given === undefined ? [] : [{ kind: "relation", parts: [name, given], signs: ["="] }];
    }),
  };
}

function coordinates(value: MathsValue): readonly MathsValue[] | null {
  if (value.kind === "tuple") return value.items;
  return value.kind === "interval" && value.lowOpen && value.highOpen
    ? [value.low, value.high]
    : null;
}

/** 1 < x ≤ 2 as (1, 2], x > 3 as (3, ∞); null for what is no such range. */
export function relationAsSet({ parts, signs }: Relation): MathsValue | null {
  const infinity: Expression = { kind: "constant", name: "infinity" };
  const minusInfinity: Expression = difference(
    { kind: "number", value: { num: 0n, den: 1n }, isFloat: false },
    infinity,
  );
  const [a, b, c] = parts;
  const [s, t] = signs;
  if (a === undefined || b === undefined || s === undefined) return null;
  if (!isExpression(a) || !isExpression(b)) return null;
  if (parts.length === 2) {
    const sign = isNamed(a) ? s : FLIPPED[s];
    const bound = isNamed(a) ? b : a;
    if (!isNamed(a) && !isNamed(b)) return null;
    if (sign === "=") return { kind: "set", items: [bound] };
    if (sign === "<" || sign === "<=")
      return {
        kind: "interval",
        low: minusInfinity,
        high: bound,
        lowOpen: true,
        highOpen: sign === "<",
      };
    if (sign === ">" || sign === ">=")
      return {
        kind: "interval",
        low: bound,
        high: infinity,
        lowOpen: sign === ">",
        highOpen: true,
      };
    return {
      kind: "set-operation",
      operation: "union",
      left: { kind: "interval", low: minusInfinity, high: bound, lowOpen: true, highOpen: true },
      right: { kind: "interval", low: bound, high: infinity, lowOpen: true, highOpen: true },
    };
  }
  if (c === undefined || t === undefined || !isExpression(c) || !isNamed(b)) return null;
  const rising = (s === "<" || s === "<=") && (t === "<" || t === "<=");
  const falling = (s === ">" || s === ">=") && (t === ">" || t === ">=");
  if (rising) return { kind: "interval", low: a, high: c, lowOpen: s === "<", highOpen: t === "<" };
  return falling
    ? { kind: "interval", low: c, high: a, lowOpen: t === ">", highOpen: s === ">" }
    : null;
}

export function flipped({ parts, signs }: Relation): Relation {
  return {
    kind: "relation",
    parts: parts.toReversed(),
    signs: signs.toReversed().map((sign) => FLIPPED[sign]),
  };
}

/** One is a constant times the other: positive for an inequality, any but 0 for an equation. */
export function proportional(a: Expression, b: Expression, sign: RelationSign): boolean {
  const names = [...symbolsOf(a)];
  const others = symbolsOf(b);
  if (names.length === 0 || names.length !== others.size || names.some((name) => !others.has(name)))
    return false;
  const ratios = samplePoints(names, 6).map((at) => {
    const top = numericValue(a, at).re;
    const bottom = numericValue(b, at).re;
    return top / bottom;
  });
  const [first] = ratios;
  if (first === undefined || !Number.isFinite(first) || first === 0) return false;
  // The reference solves equations of several variables, and finds no solutions alike of one.
  if (sign === "=" && names.length < 2) return false;
  if (sign !== "=" && sign !== "!=" && first < 0) return false;
  return ratios.every((ratio) => Math.abs(ratio - first) <= 1e-9 * Math.abs(first));
}
