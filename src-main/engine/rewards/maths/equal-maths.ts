/**
 * Whether two readings say the same, in Math-Verify's sense: numbers to a precision, expressions by
 * their values at many points, relations by their difference, sets by their items. Not symmetric: the
 * gold's form decides whether "x = 3" and "3" agree.
 */
import { difference } from "./build-expression.ts";
import { equalExpressions } from "./equal-expressions.ts";
import type { MathsOptions } from "./equal-expressions.ts";
import {
  flipped,
  isAssignment,
  isEquation,
  lastPart,
  proportional,
  relationAsSet,
  shortened,
} from "./relations.ts";
import type { Relation } from "./relations.ts";
import { renamed } from "./rename-symbols.ts";
import { isWholeLine, samePoints } from "./set-membership.ts";
import { isExpression, isSetLike } from "./value.ts";
import type { MathsValue } from "./value.ts";

type Interval = Extract<MathsValue, { kind: "interval" }>;

export function equalMaths(gold: MathsValue, answer: MathsValue, options: MathsOptions): boolean {
  let left = shortened(gold);
  let right = options.strict ? shortened(answer) : renamed(shortened(answer), left);
  const goldIsEquation = isEquation(left);
  const answerIsEquation = isEquation(right);
  if (answerIsEquation && !goldIsEquation) right = lastPart(right);
  else if (isAssignment(left) && !answerIsEquation) left = lastPart(left);
  if (left.kind === "relation" && isSetLike(right)) left = relationAsSet(left) ?? left;
  if (options.allowSetRelation && right.kind === "relation" && isSetLike(left))
    right = relationAsSet(right) ?? right;
  if (left.kind === "relation" || right.kind === "relation")
    return (
      left.kind === "relation" && right.kind === "relation" && equalRelations(left, right, options)
    );
  if (isSetLike(left) || isSetLike(right)) return equalSets(left, right, options);
  if (left.kind === "matrix" || right.kind === "matrix") return equalMatrices(left, right, options);
  return isExpression(left) && isExpression(right) && equalExpressions(left, right, options);
}

function equalRelations(gold: Relation, answer: Relation, options: MathsOptions): boolean {
  if (sameChain(gold, answer, options)) return true;
  // A chain of several signs is not turned around, as in the reference.
  return gold.signs.length === 1 && sameChain(gold, flipped(answer), options);
}

/** Each link says the same: equal sides, or equal (for equations: proportional) differences. */
function sameChain(gold: Relation, answer: Relation, options: MathsOptions): boolean {
  if (gold.signs.length !== answer.signs.length) return false;
  return gold.signs.every((sign, index) => {
    const [a, b] = [gold.parts[index], gold.parts[index + 1]];
    const [c, d] = [answer.parts[index], answer.parts[index + 1]];
    if (sign !== answer.signs[index] || !a || !b || !c || !d) return false;
    if (equalMaths(a, c, options) && equalMaths(b, d, options)) return true;
    if (!isExpression(a) || !isExpression(b) || !isExpression(c) || !isExpression(d)) return false;
    const goldDifference = difference(a, b);
    const answerDifference = difference(c, d);
    if (equalExpressions(goldDifference, answerDifference, options)) return true;
    return proportional(goldDifference, answerDifference, sign);
  });
}

function itemsOf(value: MathsValue): readonly MathsValue[] | null {
  return value.kind === "set" || value.kind === "tuple" ? value.items : null;
}

function equalSets(gold: MathsValue, answer: MathsValue, options: MathsOptions): boolean {
  if (gold.kind === "named-set" && gold.name === "R") return isWholeLine(answer);
  if (answer.kind === "named-set" && answer.name === "R") return isWholeLine(gold);
  if (gold.kind === "named-set" || answer.kind === "named-set")
    return (
      gold.kind === answer.kind &&
      gold.kind === "named-set" &&
      answer.kind === "named-set" &&
      gold.name === answer.name
    );
  if (gold.kind === "interval" && answer.kind === "interval") {
    if (equalIntervals(gold, answer, options)) return true;
    return false;
  }
  // (1, 2) is read as an interval and may be meant as a point.
  if (gold.kind === "interval" || answer.kind === "interval") {
    const interval = gold.kind === "interval" ? gold : answer;
    const other = itemsOf(gold.kind === "interval" ? answer : gold);
    if (interval.kind === "interval" && other !== null) {
      const isOpen = interval.lowOpen && interval.highOpen;
      return (
        isOpen &&
        sameInOrder([interval.low, interval.high], other, gold.kind === "interval", options)
      );
    }
  }
  if (gold.kind === "set-operation" || answer.kind === "set-operation")
    return samePoints(gold, answer) ?? sameOperation(gold, answer, options);
  // An interval equals no list of other things.
  if (gold.kind === "interval" || answer.kind === "interval") return false;
  const goldItems = itemsOf(gold) ?? [gold];
  const answerItems = itemsOf(answer) ?? [answer];
  if (gold.kind === "tuple")
    return (
      goldItems.length === answerItems.length && sameInOrder(goldItems, answerItems, true, options)
    );
  return sameItems(distinct(goldItems, options), distinct(answerItems, options), options);
}

function sameOperation(gold: MathsValue, answer: MathsValue, options: MathsOptions): boolean {
  return (
    gold.kind === "set-operation" &&
    answer.kind === "set-operation" &&
    gold.operation === answer.operation &&
    equalSets(gold.left, answer.left, options) &&
    equalSets(gold.right, answer.right, options)
  );
}

function sameInOrder(
  a: readonly MathsValue[],
  b: readonly MathsValue[],
  aIsGold: boolean,
  options: MathsOptions,
): boolean {
  return (
    a.length === b.length &&
    a.every((item, index) => {
      const other = b[index];
      if (other === undefined) return false;
      return aIsGold ? equalMaths(item, other, options) : equalMaths(other, item, options);
    })
  );
}

/** Each gold item has an answer item of its own. */
function sameItems(
  gold: readonly MathsValue[],
  answer: readonly MathsValue[],
  options: MathsOptions,
): boolean {
  if (gold.length !== answer.length) return false;
  const left = [...answer];
  return gold.every((item) => {
    const at = left.findIndex((other) => equalMaths(item, other, options));
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function distinct(items: readonly MathsValue[], options: MathsOptions): readonly MathsValue[] {
  const kept: MathsValue[] = [];
  for (const item of items)
    if (!kept.some((other) => equalMaths(other, item, options))) kept.push(item);
  return kept;
}

function equalIntervals(gold: Interval, answer: Interval, options: MathsOptions): boolean {
  return (
    gold.lowOpen === answer.lowOpen &&
    gold.highOpen === answer.highOpen &&
    equalExpressions(gold.low, answer.low, options) &&
    equalExpressions(gold.high, answer.high, options)
  );
}

function equalMatrices(gold: MathsValue, answer: MathsValue, options: MathsOptions): boolean {
  if (gold.kind !== "matrix" || answer.kind !== "matrix") return false;
  return (
    gold.rows.length === answer.rows.length &&
    gold.rows.every((row, i) => {
      const other = answer.rows[i] ?? [];
      return (
        row.length === other.length &&
        row.every((cell, j) => {
          const same = other[j];
          return same !== undefined && equalExpressions(cell, same, options);
        })
      );
    })
  );
}
