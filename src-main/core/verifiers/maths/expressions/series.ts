/** Short sums and products of numbers, worked out: \sum_{k=1}^{4} k = 10. */
import { exactValue } from "./evaluate.ts";
import { withPlaced } from "./rename-symbols.ts";
import type { Expression } from "./value.ts";

const MOST_TERMS = 200;

/** null where the bounds are no whole numbers, or far apart. */
export function worked(
  name: string,
  below: string,
  above: string,
  of: Expression,
): Expression | null {
  const from = /^([a-zA-Z])=(-?\d{1,6})$/u.exec(below);
  if ((name !== "sum" && name !== "prod") || from === null || !/^-?\d{1,6}$/u.test(above))
    return null;
  const [, index = "", first = ""] = from;
  const [low, high] = [Number(first), Number(above)];
  if (high < low || high - low >= MOST_TERMS) return null;
  const terms = Array.from({ length: high - low + 1 }, (_, i) =>
    withPlaced(of, index.toLowerCase(), BigInt(low + i)),
  );
  const total: Expression =
    name === "sum" ? { kind: "sum", terms } : { kind: "product", factors: terms };
  const value = exactValue(total);
  return value === null ? null : { kind: "number", value, isFloat: false };
}
