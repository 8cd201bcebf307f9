/** Expressions made of expressions. */
import { divide, negate } from "../expressions/rational.ts";
import { NotUnderstood } from "./token-cursor.ts";
import type { Expression } from "../expressions/value.ts";

export const ONE: Expression = { kind: "number", value: { num: 1n, den: 1n }, isFloat: false };
export const MINUS_ONE: Expression = {
  kind: "number",
  value: { num: -1n, den: 1n },
  isFloat: false,
};

export function negative(of: Expression): Expression {
  if (of.kind === "number") return { ...of, value: negate(of.value) };
  if (of.kind === "percent") return { kind: "percent", of: negative(of.of) };
  return { kind: "product", factors: [MINUS_ONE, of] };
}

export function difference(a: Expression, b: Expression): Expression {
  return { kind: "sum", terms: [a, negative(b)] };
}

export function inverse(of: Expression): Expression {
  return { kind: "power", base: of, exponent: MINUS_ONE };
}

function isWhole(expression: Expression): boolean {
  return expression.kind === "number" && !expression.isFloat && expression.value.den === 1n;
}

export function quotient(top: Expression, bottom: Expression): Expression {
  if (top.kind === "number" && bottom.kind === "number" && isWhole(top) && isWhole(bottom)) {
    const value = divide(top.value, bottom.value);
    if (value === null) throw new NotUnderstood();
    return { kind: "number", value, isFloat: false };
  }
  return { kind: "product", factors: [top, inverse(bottom)] };
}

/** 1\frac{1}{2} is one and a half: a whole number before a proper fraction of whole numbers. */
export function mixedNumber(factors: readonly Expression[]): Expression | null {
  const [whole, fraction] = factors;
  if (factors.length !== 2 || whole === undefined || fraction === undefined) return null;
  if (!isWhole(whole) || fraction.kind !== "number" || fraction.isFloat) return null;
  return fraction.value.den === 1n ? null : { kind: "sum", terms: [whole, fraction] };
}

export function functionCall(
  name: string,
  first: Expression,
  args: readonly Expression[],
  base: Expression | null,
): Expression {
  if (name === "exp")
    return { kind: "power", base: { kind: "constant", name: "e" }, exponent: first };
  if (name === "ln") return { kind: "call", name: "ln", args: [first] };
  if (name === "log" || name === "lg")
    return base === null
      ? {
          kind: "call",
          name: "log",
          args: [first, { kind: "number", value: { num: 10n, den: 1n }, isFloat: false }],
        }
      : { kind: "call", name: "log", args: [first, base] };
  return { kind: "call", name, args };
}

/** \sin^{-1} x is the inverse function, \sin^2 x a power. */
export function powerOfFunction(
  name: string,
  value: Expression,
  exponent: Expression,
  first: Expression,
): Expression {
  const isInverse =
    exponent.kind === "number" && exponent.value.num === -1n && exponent.value.den === 1n;
  return isInverse && /^(?:sin|cos|tan|cot)$/u.test(name)
    ? { kind: "call", name: `arc${name}`, args: [first] }
    : { kind: "power", base: value, exponent };
}
