/**
 * Whether two readings say the same, in Math-Verify's sense: numbers to a precision, expressions by
 * their values at many points, relations by their difference, sets by their items. Not symmetric: the
 * gold's form decides whether "x = 3" and "3" agree.
 */
import { difference } from "../parsing/build-expression.ts";
import { equalExpressions } from "./equal-expressions.ts";
import type { MathsOptions } from "./equal-expressions.ts";
import {
  asAssignments,
  assignedValue,
  flipped,
  isAssignment,
  isEquation,
  isStatement,
  proportional,
  relationAsSet,
  shortened,
} from "./relations.ts";
import type { Relation } from "./relations.ts";
import { renamed } from "../expressions/rename-symbols.ts";
import { isWholeLine, samePoints, samePointsAsRelation } from "./set-membership.ts";
import { isExpression, isSetLike } from "../expressions/value.ts";
import type { MathsValue } from "../expressions/value.ts";

type Interval = Extract<MathsValue, { kind: "interval" }>;

export function equalMaths(gold: MathsValue, answer: MathsValue, options: MathsOptions): boolean {
  let left = shortened(gold);
  let right = options.strict ? shortened(answer) : renamed(shortened(answer), left);
  if (hasRelations(right)) left = asAssignments(left) ?? left;
  if (hasRelations(left)) right = asAssignments(right) ?? right;
  const goldIsEquation = isEquation(left);
  const answerIsEquation = isEquation(right);
  if (right.kind === "relation" && answerIsEquation && !goldIsEquation) {
    if (!isStatement(right)) return false;
    right = assignedValue(right);
  } else if (isAssignment(left) && !answerIsEquation) left = assignedValue(left);
  if (left.kind === "relation" && isSetLike(right)) {
    const asSet = relationAsSet(left);
    if (asSet === null) return samePointsAsRelation(left, right);
    left = asSet;
  }
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

/** A list of equations: x = 1, y = 2. */
function hasRelations(value: MathsValue): boolean {
  return value.kind === "set" && value.items.some(isEquation);
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
      const ends = [interval.low, interval.high];
      const items = gold.kind === "interval" ? written(answer, options) : other;
      return isOpen && sameInOrder(ends, items, gold.kind === "interval", options);
    }
  }
  if (gold.kind === "set-operation" || answer.kind === "set-operation")
    return samePoints(gold, answer) ?? sameOperation(gold, answer, options);
  // An interval equals no list of other things.
  if (gold.kind === "interval" || answer.kind === "interval") return false;
  return equalItems(gold, answer, options);
}

/** Lists, points and single values: a point is neither a number nor a list of one. */
function equalItems(gold: MathsValue, answer: MathsValue, options: MathsOptions): boolean {
  const goldItems = itemsOf(gold);
  const answerItems = itemsOf(answer);
  if (gold.kind === "tuple" && answerItems !== null) {
    const given = written(answer, options);
    const [only] = given;
    if (answer.kind === "set" && given.length === 1 && only !== undefined && itemsOf(only))
      return equalMaths(gold, only, options);
    return sameInOrder(gold.items, given, true, options);
  }
  if (gold.kind === "tuple" || (answer.kind === "tuple" && goldItems === null)) return false;
  const expected = distinct(goldItems ?? [gold], options);
  const [only] = expected;
  if (answer.kind === "tuple" && expected.length === 1 && only !== undefined && itemsOf(only))
    return equalMaths(only, answer, options);
  return sameItems(
    expected,
    answer.kind === "tuple" ? answer.items : distinct(answerItems ?? [answer], options),
    options,
  );
}

/** The items in the order in which they came; of a set each once. */
function written(value: MathsValue, options: MathsOptions): readonly MathsValue[] {
  const items = itemsOf(value) ?? [value];
  return value.kind === "set" ? distinct(items, options) : items;
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
