/** Math-Verify's question: does this answer say the same as the gold? Both are texts with formulas or numbers in them. */
import { LRUCache } from "lru-cache";
import { equalMaths } from "./equality/equal-maths.ts";
import type { MathsOptions } from "./equality/equal-expressions.ts";
import { extractMaths } from "./extraction/extract-maths.ts";
import type { MatchKind } from "./extraction/extract-maths.ts";
import type { Extracted } from "./extraction/plain-numbers.ts";

export type VerifyOptions = MathsOptions & { readonly match: readonly MatchKind[] };

export const DEFAULT_OPTIONS: VerifyOptions = {
  match: ["latex", "expr"],
  precision: 6,
  strict: true,
  allowSetRelation: false,
};

/** Never throws, whatever the texts: an answer that cannot be read is wrong. */
export function verifyMaths(
  gold: string,
  answer: string,
  options: VerifyOptions = DEFAULT_OPTIONS,
): boolean {
  return sameReadings(readGold(gold, options.match), extractMaths(answer, options.match), options);
}

/** Whether any reading of the answer says the same as any of the gold. */
export function sameReadings(
  gold: readonly Extracted[],
  answer: readonly Extracted[],
  options: VerifyOptions = DEFAULT_OPTIONS,
): boolean {
  return gold.some((expected) =>
    answer.some((given) => {
      if (!sameUnit(expected, given)) return false;
      // Numbers between commas in running text are compared with such lists only, as the reference has it.
      if (given.list === "commas" && expected.list === undefined) return false;
      if (expected.value !== null && given.value !== null)
        return equalMaths(expected.value, given.value, options);
      // What neither could read is right where it is the same text.
      if (expected.value !== null || given.value !== null) return false;
      const written = expected.text.replaceAll(/\s/gu, "");
      return written !== "" && written === given.text.replaceAll(/\s/gu, "");
    }),
  );
}

const golds = new LRUCache<string, readonly Extracted[]>({ max: 512 });
/** Of a gold that stays read. */
const MOST_CHARACTERS = 1000;

/** Many answers are compared with one gold: the last ones stay read. */
export function readGold(
  gold: string,
  match: readonly MatchKind[] = DEFAULT_OPTIONS.match,
): readonly Extracted[] {
  const key = `${match.join()}:${gold}`;
  const known = golds.get(key);
  if (known !== undefined) return known;
  const read = extractMaths(gold, match);
  if (gold.length <= MOST_CHARACTERS) golds.set(key, read);
  return read;
}

/** 5 km is not 5 m; where only one has a unit, the number alone counts. */
function sameUnit(a: Extracted, b: Extracted): boolean {
  if (a.unit === undefined || b.unit === undefined || a.unit === b.unit) return true;
  // 30 degrees may be degrees of either scale.
  return (
    [a.unit, b.unit].includes("deg") && /^deg[CF]?$/u.test(a.unit) && /^deg[CF]?$/u.test(b.unit)
  );
}
