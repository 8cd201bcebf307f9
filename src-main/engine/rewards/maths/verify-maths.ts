/** Math-Verify's question: does this answer say the same as the gold? Both are texts with formulas or numbers in them. */
import { equalMaths } from "./equal-maths.ts";
import type { MathsOptions } from "./equal-expressions.ts";
import { extractMaths } from "./extract-maths.ts";
import type { MatchKind } from "./extract-maths.ts";

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
  const answers = extractMaths(answer, options.match);
  if (answers.length === 0) return false;
  return extractMaths(gold, options.match).some((expected) =>
    answers.some((given) => {
      if (expected.value !== null && given.value !== null)
        return equalMaths(expected.value, given.value, options);
      // What neither could read is right where it is the same text.
      if (expected.value !== null || given.value !== null) return false;
      return expected.text.trim() !== "" && expected.text.trim() === given.text.trim();
    }),
  );
}
