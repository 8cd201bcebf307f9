/** Of what kind the values under one name are, over a whole file: readers with typed columns take one kind a column. */
import { rawNumberText } from "#main/platform/exact-json.ts";

export type ValueKind = "text" | "boolean" | "integer" | "number";

/** A double gives back so many decimal digits as they were. */
const EXACT_DIGITS = 15;

interface Tally {
  present: number;
  filled: number;
  /** "mixed": no column of its own. */
  kind: ValueKind | "mixed" | undefined;
}

export class KindTally {
  readonly #names = new Map<string, Tally>();

  add(entries: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(entries)) {
      const tally = this.#names.get(name) ?? { present: 0, filled: 0, kind: undefined };
      this.#names.set(name, tally);
      tally.present++;
      if (value === null || value === undefined) continue;
      tally.filled++;
      const kind = kindOf(value);
      tally.kind = tally.kind === undefined || tally.kind === kind ? kind : wider(tally.kind, kind);
    }
  }

  /** Every name with its kind; "mixed" where there is none. */
  kinds(): (readonly [string, ValueKind | "mixed"])[] {
    return [...this.#names].map(([name, { kind }]) => [name, kind ?? "mixed"]);
  }

  /** Names that each of `count` records has, with values of one kind; with nulls among them only where asked. */
  columns(count: number, nulls: boolean): (readonly [string, ValueKind])[] {
    return [...this.#names].flatMap(([name, { present, filled, kind }]) =>
      present === count && kind !== undefined && kind !== "mixed" && (nulls || filled === count)
        ? [[name, kind] as const]
        : [],
    );
  }
}

function wider(a: ValueKind | "mixed", b: ValueKind | "mixed"): ValueKind | "mixed" {
  const numeric = [a, b].every((kind) => kind === "integer" || kind === "number");
  return numeric ? "number" : "mixed";
}

function kindOf(value: unknown): ValueKind | "mixed" {
  if (typeof value === "string") return "text";
  if (typeof value === "boolean") return "boolean";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "number";
  const raw = rawNumberText(value);
  if (raw === undefined) return "mixed";
  const digits = raw
    .replace(/[eE].*$/, "")
    .replaceAll(/\D/g, "")
    .replace(/^0+/, "");
  return digits.length <= EXACT_DIGITS ? "number" : "mixed";
}
