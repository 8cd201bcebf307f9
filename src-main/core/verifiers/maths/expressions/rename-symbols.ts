/** Variables matched by place: f(x) and f(y) say the same where names do not count. */
import { isExpression, symbolsOf } from "./value.ts";
import type { Expression, MathsValue } from "./value.ts";

/** The answer's variables by the gold's names, in order of appearance, where there are as many. */
export function renamed(answer: MathsValue, gold: MathsValue): MathsValue {
  const [from, to] = [namesIn(answer), namesIn(gold)];
  if (from.length !== to.length) return answer;
  const names = new Map(from.map((name, index) => [name, to[index] ?? name]));
  return withNames(answer, names);
}

function namesIn(value: MathsValue): string[] {
  const found = new Set<string>();
  const visit = (one: MathsValue): void => {
    if (isExpression(one)) symbolsOf(one, found);
    else if (one.kind === "relation") one.parts.forEach(visit);
    else if (one.kind === "set" || one.kind === "tuple") one.items.forEach(visit);
    else if (one.kind === "interval") [one.low, one.high].forEach(visit);
    else if (one.kind === "set-operation") [one.left, one.right].forEach(visit);
    else if (one.kind === "matrix") one.rows.flat().forEach(visit);
  };
  visit(value);
  return [...found];
}

function withNames(value: MathsValue, names: ReadonlyMap<string, string>): MathsValue {
  if (isExpression(value)) return renameExpression(value, names);
  if (value.kind === "relation")
    return { ...value, parts: value.parts.map((part) => withNames(part, names)) };
  if (value.kind === "set" || value.kind === "tuple")
    return { ...value, items: value.items.map((item) => withNames(item, names)) };
  return value;
}

function renameExpression(value: Expression, names: ReadonlyMap<string, string>): Expression {
  return replaced(value, (name) => ({ kind: "symbol", name: names.get(name) ?? name }));
}

/** The expression with a number in a symbol's place. */
export function withPlaced(value: Expression, symbol: string, number: bigint): Expression {
  const placed: Expression = { kind: "number", value: { num: number, den: 1n }, isFloat: false };
  return replaced(value, (name) => (name === symbol ? placed : { kind: "symbol", name }));
}

function replaced(value: Expression, by: (name: string) => Expression): Expression {
  const inside = (one: Expression): Expression => replaced(one, by);
  switch (value.kind) {
    case "symbol":
      return by(value.name);
    case "sum":
      return { ...value, terms: value.terms.map(inside) };
    case "product":
      return { ...value, factors: value.factors.map(inside) };
    case "power":
      return { ...value, base: inside(value.base), exponent: inside(value.exponent) };
    case "call":
      return { ...value, args: value.args.map(inside) };
    case "percent":
      return { ...value, of: inside(value.of) };
    case "number":
    case "constant":
      return value;
    default:
      return value satisfies never;
  }
}
