/** Sets of numbers by their points: what an interval, a list or a union of them contains. */
import { numericValue } from "../expressions/evaluate.ts";
import { isExpression, symbolsOf } from "../expressions/value.ts";
import type { Expression, MathsValue, RelationSign } from "../expressions/value.ts";

type Relation = Extract<MathsValue, { kind: "relation" }>;

export function isWholeLine(value: MathsValue): boolean {
  if (value.kind === "named-set") return value.name === "R";
  return (
    value.kind === "interval" &&
    constant(value.low) === Number.NEGATIVE_INFINITY &&
    constant(value.high) === Number.POSITIVE_INFINITY
  );
}

/** The same points at and between all ends of both; null where an end is no number. */
export function samePoints(gold: MathsValue, answer: MathsValue): boolean | null {
  const ends = [...new Set([...endsOf(gold), ...endsOf(answer)])].toSorted((a, b) => a - b);
  if (ends.length === 0 || ends.some(Number.isNaN)) return null;
  const finite = ends.filter(Number.isFinite);
  const [lowest = 0] = finite;
  const highest = finite.at(-1) ?? 0;
  const middles = finite.slice(1).map((end, index) => (end + (finite[index] ?? end)) / 2);
  const probes = [lowest - 1, ...finite, ...middles, highest + 1];
  return probes.every((probe) => contains(gold, probe) === contains(answer, probe));
}

function constant(expression: Expression): number {
  return symbolsOf(expression).size > 0 ? Number.NaN : numericValue(expression, new Map()).re;
}

function endsOf(value: MathsValue): number[] {
  if (value.kind === "interval") return [constant(value.low), constant(value.high)];
  if (value.kind === "set" || value.kind === "tuple")
    return value.items.map((item) => (isExpression(item) ? constant(item) : Number.NaN));
  if (value.kind === "set-operation") return [...endsOf(value.left), ...endsOf(value.right)];
  if (value.kind === "named-set")
    return value.name === "R" || value.name === "empty" ? [] : [Number.NaN];
  return isExpression(value) ? [constant(value)] : [Number.NaN];
}

function contains(value: MathsValue, x: number): boolean {
  const near = (y: number): boolean => Math.abs(x - y) <= 1e-9 * Math.max(1, Math.abs(x));
  if (value.kind === "interval") {
    const [low, high] = [constant(value.low), constant(value.high)];
    return (
      (x > low || (near(low) && !value.lowOpen)) &&
      (x < high || (near(high) && !value.highOpen)) &&
      !(near(low) && value.lowOpen) &&
      !(near(high) && value.highOpen)
    );
  }
  if (value.kind === "set" || value.kind === "tuple")
    return value.items.some((item) => isExpression(item) && near(constant(item)));
  if (value.kind === "set-operation") {
    const [left, right] = [contains(value.left, x), contains(value.right, x)];
    if (value.operation === "union") return left || right;
    return value.operation === "intersection" ? left && right : left && !right;
  }
  if (value.kind === "named-set") return value.name === "R";
  return isExpression(value) && near(constant(value));
}

/** |x| < 3 and (-3, 3): a relation of one variable holds exactly at the set's points, as far as many probes tell. */
export function samePointsAsRelation(relation: Relation, set: MathsValue): boolean {
  const { parts } = relation;
  const expressions = parts.filter(isExpression);
  if (expressions.length < parts.length) return false;
  const names = new Set(expressions.flatMap((part) => [...symbolsOf(part)]));
  const [name] = names;
  const ends = endsOf(set);
  if (name === undefined || names.size !== 1 || ends.length === 0 || ends.some(Number.isNaN))
    return false;
  const finite = ends.filter(Number.isFinite);
  const around = finite.flatMap((end) => [end, end - 1e-4, end + 1e-4]);
  const grid = Array.from({ length: 161 }, (_, i) => (i - 80) * 0.37 + 0.013);
  return [...around, ...grid, -1e4, 1e4].every((x) => {
    const values = expressions.map((part) => numericValue(part, new Map([[name, x]])));
    const holds = relation.signs.every((sign, index) => {
      const [a, b] = [values[index], values[index + 1]];
      if (a === undefined || b === undefined || a.im !== 0 || b.im !== 0) return false;
      return isRelated(a.re, sign, b.re);
    });
    return holds === contains(set, x);
  });
}

function isRelated(a: number, sign: RelationSign, b: number): boolean {
  const isSame = Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
  switch (sign) {
    case "=":
      return isSame;
    case "!=":
      return !isSame;
    case "<":
      return a < b && !isSame;
    case "<=":
      return a < b || isSame;
    case ">":
      return a > b && !isSame;
    case ">=":
      return a > b || isSame;
    default:
      return sign satisfies never;
  }
}
