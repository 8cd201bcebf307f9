/**
 * Several answers in any order; one that is said twice counts once. The score is the part that both sides share: right
 * items, of the gold's and the wrong ones together.
 */
import { listInText, readItems } from "./lists/read-items.ts";
import type { ReadItems } from "./lists/read-items.ts";
import { splitItems } from "./lists/split-items.ts";
import { textVerifier } from "./text-verifier.ts";
import { quoted, right, wrong } from "./verdict.ts";
import type { Judged, Verdict, Verifier } from "./verifier.ts";

/** Comparisons of two items: about 50 ms of them at worst, and those of formulas take longer. */
const MOST_COMPARISONS = 3000;
const MOST_COMPARISONS_OF_FORMULAS = 400;

function verify(judged: Judged, answer: string): Verdict {
  const read = readItems(judged);
  if ("refusal" in read) return wrong(read.refusal);
  const items = splitItems(answer, read.separator);
  if (items === null) return wrong("The answer has too many items.");
  const found = compared(read, items);
  if (found === null) return wrong("The answer has too many wrong items to compare.");
  const missing = read.golds.filter((_, place) => !found.covered.has(place));
  const [extra] = found.extras;
  const [missed] = missing;
  const distinct = new Set(read.golds.map(({ gold }) => read.verifier.answerKey(gold ?? "")));
  if (extra === undefined && missed === undefined)
    return right(`All ${String(distinct.size)} items are there and no other.`);
  const rightOnes = distinct.size - keysOf(read, missing).size;
  const all =
    distinct.size +
    keysOf(
      read,
      found.extras.map((gold) => ({ gold, options: {} })),
    ).size;
  const words = [
    `${String(rightOnes)} of ${String(distinct.size)} items are there`,
    ...(missed === undefined ? [] : [`${quoted(missed.gold ?? "")} is missing`]),
    ...(extra === undefined ? [] : [`${quoted(extra)} is none of them`]),
  ];
  return wrong(`${words.join("; ")}.`, all === 0 ? 0 : Math.max(0, rightOnes) / all);
}

function keysOf({ verifier }: ReadItems, items: readonly Judged[]): ReadonlySet<string> {
  return new Set(items.map(({ gold }) => verifier.answerKey(gold ?? "")));
}

type Compared = { readonly covered: ReadonlySet<number>; readonly extras: readonly string[] };

/** Which golds some item says, and the items that are no gold; null where that takes too long. */
function compared({ golds, verifier }: ReadItems, items: readonly string[]): Compared | null {
  const places = new Map<string, number[]>();
  for (const [place, { gold }] of golds.entries()) {
    const key = verifier.answerKey(gold ?? "");
    places.set(key, [...(places.get(key) ?? []), place]);
  }
  const covered = new Set<number>();
  const extras: string[] = [];
  let left = verifier.name === "maths" ? MOST_COMPARISONS_OF_FORMULAS : MOST_COMPARISONS;
  const said = new Map(items.map((item) => [verifier.answerKey(item), item]));
  for (const [key, item] of said) {
    // Those of the same key first: mostly they are equal.
    const likely = places.get(key) ?? [];
    const isGold = (place: number): boolean => {
      const gold = golds[place];
      return gold !== undefined && left-- > 0 && verifier.verify(gold, item).correct;
    };
    const same = likely.filter(isGold);
    const matches = same.length > 0 ? same : [...golds.keys()].filter(isGold);
    if (left < 0) return null;
    for (const place of matches) covered.add(place);
    if (matches.length === 0) extras.push(item);
  }
  return { covered, extras };
}

export const setVerifier: Verifier = {
  name: "set",
  version: "1",
  refusal: (judged) => {
    const read = readItems(judged);
    return "refusal" in read ? read.refusal : null;
  },
  verify,
  extractLenient: listInText,
  answerKey: (answer) => {
    const keys = (splitItems(answer, undefined) ?? []).map((one) => textVerifier.answerKey(one));
    return JSON.stringify([...new Set(keys)].toSorted());
  },
};
