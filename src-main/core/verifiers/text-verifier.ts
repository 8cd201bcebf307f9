/** The same words: after Unicode's NFKC, without case, white space, punctuation and articles unless they are to count. */
import { z } from "zod";
import { claimsOf, firstSentence, lastLine } from "./answers/claimed-answer.ts";
import { plainAnswer } from "./answers/plain-answer.ts";
import { NO_GOLD, quoted, right, wrong } from "./verdict.ts";
import { optionsReader, readOnce } from "./verifier-options.ts";
import type { Judged, Verdict, Verifier } from "./verifier.ts";

const Options = z.strictObject({
  /** Further answers that are as right as the gold. */
  accepted: z.array(z.string()).max(1000).default([]),
  ignore_case: z.boolean().default(true),
  /** Full stops, commas, quotation marks, brackets, dashes; not those before a digit, nor + or #. */
  ignore_punctuation: z.boolean().default(true),
  /** A, an and the, in English, where a word follows. */
  ignore_articles: z.boolean().default(true),
});
type Options = z.infer<typeof Options>;

const readOptions = optionsReader(Options);
const DEFAULTS: Options = Options.parse({});
/** Of an answer; a longer one is wrong. Of a text, its end is read. */
const MOST_CHARACTERS = 20_000;

const DASHES = /[\p{Pd}_/](?!\d)/gu;
/** Beside a digit they are part of a number: 3.5 is not 35. */
const PUNCTUATION = /[.,;:!?¿¡'"‘’‚‛“”„‟«»‹›()[\]{}…·`](?!\d)/gu;
const FIRST_ARTICLE = /^(?:the|an|a)\s+(?=\S)/iu;
/** In capitals it is no article: vitamin A deficiency. */
const LATER_ARTICLE = /(?<=\s)(?:the|an|a)\s+(?=\S)/gu;

/** A step that would leave nothing is left out: "The" and "?" are answers too. */
function normalised(text: string, options: Options): string {
  const steps: ((text: string) => string)[] = [plainAnswer];
  if (options.ignore_punctuation)
    steps.push((one) => spaced(one.replaceAll(DASHES, " ").replaceAll(PUNCTUATION, "")));
  if (options.ignore_articles)
    steps.push((one) => one.replace(FIRST_ARTICLE, "").replaceAll(LATER_ARTICLE, ""));
  let result = spaced(text.normalize("NFKC"));
  for (const step of steps) result = step(result) || result;
  // Upper case first: ß and SS are the same word.
  return options.ignore_case
    ? result.toUpperCase().toLowerCase().normalize("NFKC")
    : result.normalize("NFKC");
}

function spaced(text: string): string {
  return text.replaceAll(/\s+/gu, " ").trim();
}

type Read = {
  readonly golds: ReadonlyMap<string, string>;
  readonly options: Options;
};

const readJudged = readOnce(({ gold, options: written }): Read | { readonly refusal: string } => {
  const result = readOptions(written);
  if ("refusal" in result) return result;
  const { options } = result;
  const golds = [...(gold === null ? [] : [gold]), ...options.accepted];
  if (golds.length === 0) return { refusal: NO_GOLD };
  const empty = golds.findIndex((one) => one.trim() === "");
  if (empty !== -1)
    return {
      refusal:
        empty === 0 && gold !== null ? "The gold answer is empty." : "An accepted answer is empty.",
    };
  if (golds.some((one) => one.length > MOST_CHARACTERS))
    return { refusal: `The gold answer is longer than ${String(MOST_CHARACTERS)} characters.` };
  return { golds: new Map(golds.map((one) => [normalised(one, options), one])), options };
});

function verify(judged: Judged, answer: string): Verdict {
  const result = readJudged(judged);
  if ("refusal" in result) return wrong(result.refusal);
  if (answer.length > MOST_CHARACTERS)
    return wrong(`The answer is longer than ${String(MOST_CHARACTERS)} characters.`);
  const gold = result.golds.get(normalised(answer, result.options));
  if (gold !== undefined) return right(`${quoted(answer)} is ${quoted(gold)}.`);
  const others = result.golds.size - 1;
  const [first = ""] = result.golds.values();
  const also = others === 0 ? "" : `, nor any of ${String(others)} others`;
  return wrong(`${quoted(answer)} is not ${quoted(first)}${also}.`);
}

/** The whole text, else what it says to be its answer, else its last line. */
function verifyText(judged: Judged, text: string): Verdict {
  const whole = verify(judged, text.trim());
  if (whole.correct) return whole;
  const end = text.slice(-MOST_CHARACTERS);
  const claims = claimsOf(end);
  if (claims.length === 0) return verify(judged, lastLine(end) ?? "");
  const verdicts = claims.map((claim) => {
    const said = verify(judged, claim.said);
    return said.correct ? said : verify(judged, firstSentence(claim));
  });
  return verdicts.find(({ correct }) => !correct) ?? verdicts.at(-1) ?? whole;
}

function extractLenient(text: string): string | null {
  const end = text.slice(-MOST_CHARACTERS);
  const claim = claimsOf(end).at(-1);
  return claim === undefined ? lastLine(end) : firstSentence(claim).trim();
}

export const textVerifier: Verifier = {
  name: "text",
  version: "1",
  refusal: (judged) => {
    const result = readJudged(judged);
    return "refusal" in result ? result.refusal : null;
  },
  verify,
  verifyText,
  extractLenient,
  answerKey: (answer) => normalised(answer.slice(0, MOST_CHARACTERS), DEFAULTS),
};
