/**
 * Left sides that only name what the right side gives: x, f(2), (x, y), |AB|, A : B, m + n. What has to
 * be solved first (x², 2x, x + 1) is no name.
 */
import { symbolsOf } from "../expressions/value.ts";
import type { Expression, MathsValue } from "../expressions/value.ts";

/** Letters that stand for what is asked. */
const UNKNOWN = /^[xyzt]$/u;
const ANGLE_FUNCTIONS = /^(?:sin|cos|tan|cot|sec|csc)$/u;

/** A name, a point of names, a function at a place, a length, a ratio of names. */
export function isNamed(value: MathsValue): boolean {
  switch (value.kind) {
    case "symbol":
      return value.name !== "…";
    case "constant":
      return value.name === "e" || value.name === "i";
    case "call":
      return isNamedCall(value.name, value.args);
    case "product":
      return isNamedProduct(value.factors);
    case "tuple":
      return value.items.every(isNamed);
    case "interval":
      return isNamed(value.low) && isNamed(value.high);
    default:
      return false;
  }
}

/** A name, or a sum of names: m + n. */
export function isQuantity(value: MathsValue): boolean {
  if (isNamed(value)) return true;
  if (value.kind !== "sum" || symbolsOf(value).size < 2) return false;
  return value.terms.every((term) => isNamed(withoutMinus(term)));
}

function withoutMinus(term: Expression): Expression {
  if (term.kind !== "product" || term.factors.length !== 2) return term;
  const [sign, rest] = term.factors;
  const isMinus = sign?.kind === "number" && sign.value.num === -1n && sign.value.den === 1n;
  return isMinus && rest !== undefined ? rest : term;
}

function isNamedCall(name: string, args: readonly Expression[]): boolean {
  if (/^[fgh]$/u.test(name) || name.includes("|")) return true;
  const [only] = args;
  if (only === undefined || args.length > 1) return false;
  // |AB| and |\vec{v}| are lengths; |x| = 15 is to be solved.
  if (name === "abs")
    return !UNKNOWN.test(only.kind === "symbol" ? only.name : "") && isNamed(only);
  if (ANGLE_FUNCTIONS.test(name))
    return [...symbolsOf(only)].every((one) => !UNKNOWN.test(one)) && isNamed(only);
  return false;
}

/** AB, P(A), NO/BO: names, and names below a line. */
function isNamedProduct(factors: readonly Expression[]): boolean {
  const isRatio = factors.some(({ kind }) => kind === "power");
  const parts = factors.map((factor) => {
    if (factor.kind !== "power") return factor;
    const { exponent } = factor;
    const isInverse =
      exponent.kind === "number" && exponent.value.num === -1n && exponent.value.den === 1n;
    return isInverse ? factor.base : factor;
  });
  if (!parts.every(isNamed)) return false;
  const names = parts.flatMap((part) => [...symbolsOf(part)]);
  const distinct = new Set(names).size;
  // x·x and 1/x are to be solved.
  return isRatio ? distinct > 1 : distinct === names.length;
}
