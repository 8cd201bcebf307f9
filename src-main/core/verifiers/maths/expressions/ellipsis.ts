/** 1, 2, …, 10 as the ten numbers it stands for, where they are whole steps apart; else the dots stay an item. */
import { add, divide, negate } from "./rational.ts";
import type { Rational } from "./rational.ts";
import type { MathsValue } from "./value.ts";

export const ELLIPSIS: MathsValue = { kind: "symbol", name: "…" };
const MOST_ITEMS = 300;

export function withoutEllipsis(items: readonly MathsValue[]): readonly MathsValue[] {
  const at = items.findIndex(isEllipsis);
  const before = items.slice(0, at).map(valueOf);
  const last = valueOf(items[at + 1]);
  const from = before.at(-1);
  if (
    at < 1 ||
    from === undefined ||
    from === null ||
    last === null ||
    items.slice(at + 1).some(isEllipsis)
  )
    return items;
  const step = stepOf(before);
  if (step === null || step.num === 0n) return items;
  const gap = add(last, negate(from));
  const steps = gap === null ? null : divide(gap, step);
  if (steps === null || steps.den !== 1n || steps.num < 1n || steps.num > MOST_ITEMS) return items;
  const between: MathsValue[] = [];
  for (let i = 1n; i < steps.num; i++) {
    const value = add(from, { num: step.num * i, den: step.den });
    if (value === null) return items;
    between.push({ kind: "number", value, isFloat: false });
  }
  return [...items.slice(0, at), ...between, ...items.slice(at + 1)];
}

function isEllipsis(item: MathsValue): boolean {
  return item.kind === "symbol" && item.name === "…";
}

function valueOf(item: MathsValue | undefined): Rational | null {
  return item?.kind === "number" && item.base === undefined ? item.value : null;
}

/** The same step between all numbers before the dots; after one alone, 1. */
function stepOf(before: readonly (Rational | null)[]): Rational | null {
  if (before.length === 1) return { num: 1n, den: 1n };
  const steps = before.slice(1).map((value, i) => {
    const previous = before[i];
    return value === null || previous === undefined || previous === null
      ? null
      : add(value, negate(previous));
  });
  const [first] = steps;
  if (first === undefined || first === null) return null;
  return steps.every((step) => step?.num === first.num && step.den === first.den) ? first : null;
}
