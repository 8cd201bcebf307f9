/** The value that a mathematical answer is parsed into: an expression, a relation, a set, a tuple, an interval or a matrix. */
import type { Rational } from "./rational.ts";

export type Expression =
  /**
   * `isFloat`: the number has a decimal point, so it is compared after rounding. `repeats`: its decimals are periodic
   * (0.\overline{3}), so it is compared exactly. `base`: the subscript that names the base of its digits (101_2).
   */
  | {
      readonly kind: "number";
      readonly value: Rational;
      readonly isFloat: boolean;
      readonly repeats?: true;
      readonly base?: string;
    }
  | { readonly kind: "symbol"; readonly name: string }
  | { readonly kind: "constant"; readonly name: "pi" | "e" | "i" | "infinity" }
  | { readonly kind: "sum"; readonly terms: readonly Expression[] }
  | { readonly kind: "product"; readonly factors: readonly Expression[] }
  | { readonly kind: "power"; readonly base: Expression; readonly exponent: Expression }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "percent"; readonly of: Expression };

export type RelationSign = "=" | "<" | "<=" | ">" | ">=" | "!=";

export type MathsValue =
  | Expression
  /** A chain of relations: parts[0] signs[0] parts[1] signs[1] parts[2] … */
  | {
      readonly kind: "relation";
      readonly parts: readonly MathsValue[];
      readonly signs: readonly RelationSign[];
    }
  /** A finite set; its items are in the order in which they were written, for comparisons with tuples. */
  | { readonly kind: "set"; readonly items: readonly MathsValue[] }
  | { readonly kind: "tuple"; readonly items: readonly MathsValue[] }
  | {
      readonly kind: "interval";
      readonly low: Expression;
      readonly high: Expression;
      readonly lowOpen: boolean;
      readonly highOpen: boolean;
    }
  | {
      readonly kind: "set-operation";
      readonly operation: "union" | "intersection" | "minus";
      readonly left: MathsValue;
      readonly right: MathsValue;
    }
  | { readonly kind: "named-set"; readonly name: string }
  | { readonly kind: "matrix"; readonly rows: readonly (readonly Expression[])[] };

export function isExpression(value: MathsValue): value is Expression {
  switch (value.kind) {
    case "number":
    case "symbol":
    case "constant":
    case "sum":
    case "product":
    case "power":
    case "call":
    case "percent":
      return true;
    default:
      return false;
  }
}

/** Whether the value is an interval, a set, a tuple, or an operation on sets. */
export function isSetLike(value: MathsValue): boolean {
  return (
    value.kind === "set" ||
    value.kind === "tuple" ||
    value.kind === "interval" ||
    value.kind === "set-operation" ||
    value.kind === "named-set"
  );
}

/** Names of the symbols in an expression, in order of first appearance. */
export function symbolsOf(expression: Expression, found: Set<string> = new Set()): Set<string> {
  switch (expression.kind) {
    case "symbol":
      found.add(expression.name);
      break;
    case "sum":
      for (const term of expression.terms) symbolsOf(term, found);
      break;
    case "product":
      for (const factor of expression.factors) symbolsOf(factor, found);
      break;
    case "power":
      symbolsOf(expression.base, found);
      symbolsOf(expression.exponent, found);
      break;
    case "call":
      for (const arg of expression.args) symbolsOf(arg, found);
      break;
    case "percent":
      symbolsOf(expression.of, found);
      break;
    case "number":
    case "constant":
      break;
    default:
      return expression satisfies never;
  }
  return found;
}
