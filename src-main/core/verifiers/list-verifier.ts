/** Several answers in their order. The score is the part of the places that are right. */
import { listInText, readItems } from "./lists/read-items.ts";
import { splitItems } from "./lists/split-items.ts";
import { textVerifier } from "./text-verifier.ts";
import { quoted, right, wrong } from "./verdict.ts";
import type { Judged, Verdict, Verifier } from "./verifier.ts";

function verify(judged: Judged, answer: string): Verdict {
  const read = readItems(judged);
  if ("refusal" in read) return wrong(read.refusal);
  const { golds, verifier, separator } = read;
  const items = splitItems(answer, separator);
  if (items === null) return wrong("The answer has too many items.");
  const places = Math.max(golds.length, items.length);
  if (places === 0) return right("Both lists are empty.");
  const matched = golds.map((gold, place) => {
    const item = items[place];
    return item !== undefined && verifier.verify(gold, item).correct;
  });
  const count = matched.filter(Boolean).length;
  if (count === places) return right(`All ${String(places)} items are right and in order.`);
  const bad = matched.indexOf(false);
  const first =
    bad === -1 || items[bad] === undefined
      ? `the list has ${String(items.length)} items and the gold ${String(golds.length)}`
      : `the first wrong one is ${quoted(items[bad])} for ${quoted(golds[bad]?.gold ?? "")}`;
  return wrong(`${String(count)} of ${String(places)} places are right; ${first}.`, count / places);
}

export const listVerifier: Verifier = {
  name: "list",
  version: "1",
  refusal: (judged) => {
    const read = readItems(judged);
    return "refusal" in read ? read.refusal : null;
  },
  verify,
  extractLenient: listInText,
  answerKey: (answer) =>
    JSON.stringify((splitItems(answer, undefined) ?? []).map((one) => textVerifier.answerKey(one))),
};
