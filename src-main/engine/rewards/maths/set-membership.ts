/** Sets of numbers by their points: what an interval, a list or a union of them contains. */
import { numericValue } from "./evaluate.ts";
import { isExpression, symbolsOf } from "./value.ts";
import type { Expression, MathsValue } from "./value.ts";

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
