/** Mathematical equivalence: numbers, expressions, sets, intervals, relations, matrices. */
import { z } from "zod";
import { claimsOf, firstSentence } from "./answers/claimed-answer.ts";
import { extractMaths } from "./maths/extraction/extract-maths.ts";
import { goldReadings, MOST_CHARACTERS, mathsRule, verifyAlone } from "./maths/maths-rule.ts";
import { readGold, sameReadings } from "./maths/verify-maths.ts";
import type { VerifyOptions } from "./maths/verify-maths.ts";
import { NO_GOLD, quoted, right, wrong } from "./verdict.ts";
import { optionsReader } from "./verifier-options.ts";
import type { Judged, Verdict, Verifier } from "./verifier.ts";

/** Math-Verify's names and meaning. */
const Options = z.strictObject({
  /** What answers are read from: LaTeX, plain expressions. */
  match: z
    .array(z.enum(["latex", "expr"]))
    .min(1)
    .default(["latex", "expr"]),
  /** Decimals to which numbers with a decimal point are rounded. */
  precision: z.int().min(0).max(15).default(6),
  /** Without it, variables match by place and sets by their items in order. */
  strict: z.boolean().default(true),
  /** Whether a relation may equal a set where the gold is the set. */
  allow_set_relation_comp: z.boolean().default(false),
});

const readOptions = optionsReader(Options);

type Read = { readonly gold: string; readonly options: VerifyOptions };

function read({ gold, options: written }: Judged): Read | { readonly refusal: string } {
  const result = readOptions(written);
  if ("refusal" in result) return result;
  if (gold === null || gold.trim() === "") return { refusal: NO_GOLD };
  const { match, precision, strict, allow_set_relation_comp } = result.options;
  return {
    gold,
    options: { match, precision, strict, allowSetRelation: allow_set_relation_comp },
  };
}

function refusal(judged: Judged): string | null {
  const result = read(judged);
  if ("refusal" in result) return result.refusal;
  const { gold, options } = result;
  if (isProse(gold))
    return `The gold answer ${quoted(gold)} is a word, not mathematics; the verifier text compares words.`;
  // What is not accepted as an answer to itself could not be read, and what has no value is compared by its spelling alone.
  return verifyAlone(gold, gold, options) && hasValue(gold, options)
    ? null
    : `The gold answer ${quoted(gold)} cannot be read as mathematics.`;
}

/** Words without a digit or a sign of mathematics: read as a formula, they would be products of their letters. */
function isProse(gold: string): boolean {
  if (/[\p{Nd}\\$^_{}=<>+*/|()[\]√π∞≤≥≠±×÷−]/u.test(gold)) return false;
  const words = gold.match(/\p{L}{2,}/gu) ?? [];
  return words.some((word) => !FUNCTIONS.has(word.toLowerCase()));
}

/** Names that stand for functions and numbers, alone or before their argument. */
const FUNCTIONS = new Set([
  ..."sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln exp sqrt pi inf infty infinity".split(
    " ",
  ),
]);

function hasValue(gold: string, { match }: VerifyOptions): boolean {
  return goldReadings(gold, match).some((readings) => readings.some(({ value }) => value !== null));
}

function verify(judged: Judged, answer: string): Verdict {
  const result = read(judged);
  if ("refusal" in result) return wrong(result.refusal);
  if (answer.length > MOST_CHARACTERS)
    return wrong(`The answer is longer than ${String(MOST_CHARACTERS)} characters.`);
  return verdict(verifyAlone(result.gold, answer, result.options), result.gold, answer);
}

/** Only the end of a long text is read: it takes at most some 50 ms. */
const MOST_TEXT = 20_000;

const BARE_NUMBER = /^\s*[-+]?[\d.,]+\s*$/u;

/** As Math-Verify reads a whole text: what follows "final answer is", a box or "answer" goes before the rest. */
function verifyText(judged: Judged, text: string): Verdict {
  const result = read(judged);
  if ("refusal" in result) return wrong(result.refusal);
  const end = text.slice(-MOST_TEXT);
  const given = extractMaths(end, result.options.match);
  // A gold of a file is mostly a formula without dollars, whatever the text around the answer is. A number and nothing
  // around it is compared as `gradus grade` does, which reads such a gold as running text.
  const { match } = result.options;
  const golds = BARE_NUMBER.test(end)
    ? [readGold(result.gold, match)]
    : goldReadings(result.gold, match);
  const isGold = (said: Readings): boolean =>
    golds.some((readings) => sameReadings(readings, said, result.options));
  const claimed = claimedIn(end, match);
  if (claimed.length > 1 && claimed.some((claim) => !isGold(claim)))
    return wrong(`${quoted(end.slice(-60))} claims several answers.`);
  const correct = isGold(given);
  return verdict(correct, result.gold, mathsRule.extractLenient(end) ?? end.slice(-60));
}

type Readings = ReturnType<typeof extractMaths>;

/** What "the answer is" says each time, as far as it is mathematics; a box decides alone. */
function claimedIn(text: string, match: VerifyOptions["match"]): Readings[] {
  if (text.includes(String.raw`\boxed`)) return [];
  return claimsOf(text)
    .map((claim) => extractMaths(`The answer is ${firstSentence(claim)}`, match))
    .filter((readings) => readings.some(({ value }) => value !== null));
}

function verdict(correct: boolean, gold: string, answer: string): Verdict {
  return correct
    ? right(`${quoted(answer)} is ${quoted(gold)}, as mathematics.`)
    : wrong(`${quoted(answer)} is not ${quoted(gold)}, as mathematics.`);
}

export const mathsVerifier: Verifier = {
  name: "maths",
  version: mathsRule.version,
  refusal,
  verify,
  verifyText,
  extractLenient: (text) => mathsRule.extractLenient(text),
  answerKey: (answer) => mathsRule.answerKey(answer),
};
