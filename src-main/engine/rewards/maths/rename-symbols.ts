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
  const rename = (one: Expression): Expression => renameExpression(one, names);
  switch (value.kind) {
    case "symbol":
      return { ...value, name: names.get(value.name) ?? value.name };
    case "sum":
      return { ...value, terms: value.terms.map(rename) };
    case "product":
      return { ...value, factors: value.factors.map(rename) };
    case "power":
      return { ...value, base: rename(value.base), exponent: rename(value.exponent) };
    case "call":
      return { ...value, args: value.args.map(rename) };
    case "percent":
      return { ...value, of: rename(value.of) };
    case "number":
    case "constant":
      return value;
    default:
      return value satisfies never;
  }
}
