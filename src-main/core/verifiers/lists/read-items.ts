/** What list and set share: their options, the gold's items, and each item's own verifier. */
import { z } from "zod";
import { JsonValue } from "#shared/schema/json-value.ts";
import { claimsOf, firstSentence, lastLine } from "../answers/claimed-answer.ts";
import { ITEM_VERIFIERS } from "../item-verifiers.ts";
import { NO_GOLD, quoted } from "../verdict.ts";
import { optionsReader, readOnce } from "../verifier-options.ts";
import type { Judged, Verifier } from "../verifier.ts";
import { MOST_ITEMS, splitItems } from "./split-items.ts";

const Options = z.strictObject({
  /** The verifier of an item: any but list and set. */
  item: z.enum(["text", "number", "maths", "choice", "regex", "json"]).default("text"),
  item_options: z.record(z.string(), JsonValue).default({}),
  /** What stands between items; without it lines, semicolons or commas do. */
  separator: z.string().min(1).max(20).optional(),
});

const readOptions = optionsReader(Options);

export type ReadItems = {
  readonly golds: readonly Judged[];
  readonly verifier: Verifier;
  readonly separator: string | undefined;
};

export const readItems = readOnce(
  ({ gold, options: written }): ReadItems | { readonly refusal: string } => {
    const result = readOptions(written);
    if ("refusal" in result) return result;
    if (gold === null || gold.trim() === "") return { refusal: NO_GOLD };
    const { item, item_options, separator } = result.options;
    const verifier = ITEM_VERIFIERS.find(({ name }) => name === item);
    if (verifier === undefined) return { refusal: `There is no verifier ${item}.` };
    const items = splitItems(gold, separator);
    if (items === null)
      return { refusal: `The gold answer has more than ${String(MOST_ITEMS)} items.` };
    const golds = items.map((one): Judged => ({ gold: one, options: item_options }));
    for (const one of golds) {
      const refusal = verifier.refusal(one);
      if (refusal !== null)
        return { refusal: `The item ${quoted(one.gold ?? "")} cannot be judged: ${refusal}` };
    }
    return { golds, verifier, separator };
  },
);

/** What a text says to be its answer, else its list of lines at the end, else its last line. */
export function listInText(text: string): string | null {
  const end = text.slice(-20_000);
  const claim = claimsOf(end).at(-1);
  if (claim !== undefined) return firstSentence(claim).trim();
  const bullets = /(?:(?:^|\n)[^\S\n]*(?:[-*•]|\d{1,3}[.)])[^\S\n][^\n]*){2,}\s*$/u.exec(end);
  return bullets === null ? lastLine(end) : bullets[0].trim();
}
