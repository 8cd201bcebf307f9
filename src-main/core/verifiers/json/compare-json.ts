/** How much of two JSON values is the same: leaves at the same paths. */
import type { JsonValue } from "#shared/schema/json-value.ts";

export type Compared = {
  readonly same: number;
  /** Leaves of either side. */
  readonly all: number;
  /** The first place where they differ, e.g. `a.b[2]`; null where they are equal. */
  readonly difference: string | null;
};

/** Numbers by their value, objects whatever the order of their keys, arrays in order. Takes time linear in both. */
export function compareJson(gold: JsonValue, answer: JsonValue, path = ""): Compared {
  if (isObject(gold) && isObject(answer)) {
    const keys = new Set([...Object.keys(gold), ...Object.keys(answer)]);
    const parts = [...keys].map((key): Compared => {
      const place = path === "" ? key : `${path}.${key}`;
      return side(own(gold, key), own(answer, key), place);
    });
    return joined(parts);
  }
  if (isArray(gold) && isArray(answer)) {
    const length = Math.max(gold.length, answer.length);
    const parts = Array.from({ length }, (_, index): Compared =>
      side(gold[index], answer[index], `${path}[${String(index)}]`),
    );
    return joined(parts);
  }
  const isSame = gold === answer;
  const all = isSame ? 1 : Math.max(leaves(gold), leaves(answer));
  return { same: isSame ? 1 : 0, all, difference: isSame ? null : path };
}

function side(gold: JsonValue | undefined, answer: JsonValue | undefined, path: string): Compared {
  if (gold !== undefined && answer !== undefined) return compareJson(gold, answer, path);
  const there = gold ?? answer;
  return { same: 0, all: there === undefined ? 0 : leaves(there), difference: path };
}

/** Two empty ones are one leaf that is the same. */
function joined(parts: readonly Compared[]): Compared {
  if (parts.length === 0) return { same: 1, all: 1, difference: null };
  return {
    same: parts.reduce((sum, part) => sum + part.same, 0),
    all: parts.reduce((sum, part) => sum + part.all, 0),
    difference: parts.find((part) => part.difference !== null)?.difference ?? null,
  };
}

function leaves(value: JsonValue): number {
  if (value === null || typeof value !== "object") return 1;
  return Math.max(
    1,
    Object.values(value).reduce((sum: number, one: JsonValue) => sum + leaves(one), 0),
  );
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** `__proto__` is a key like any other. */
function own(value: { readonly [key: string]: JsonValue }, key: string): JsonValue | undefined {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The same text for equal values. */
export function canonicalJson(value: JsonValue): string {
  if (isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`).join()}}`;
}
