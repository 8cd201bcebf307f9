/** One of several choices: by its letter, by its own text or, where no letters were used, by its index. */
import { z } from "zod";
import { claimsOf, firstSentence, lastLine } from "./answers/claimed-answer.ts";
import { plainAnswer } from "./answers/plain-answer.ts";
import { textVerifier } from "./text-verifier.ts";
import { NO_GOLD, quoted, right, wrong } from "./verdict.ts";
import { optionsReader, readOnce } from "./verifier-options.ts";
import type { Judged, Verdict, Verifier } from "./verifier.ts";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

const Options = z.strictObject({
  /** Their texts in order, from A. Without them an answer is a letter alone. */
  choices: z.array(z.string()).min(2).max(LETTERS.length).optional(),
  /** What the gold is, where it could be several: a letter, the choice's text, or its index. */
  gold_is: z.enum(["letter", "text", "index"]).optional(),
  /** The index of the first choice, for golds and answers that are indexes. */
  first_index: z.union([z.literal(0), z.literal(1)]).default(0),
});
type Options = z.infer<typeof Options>;

const readOptions = optionsReader(Options);

type Read = {
  /** Of the gold; equal texts have the first one's. */
  readonly gold: number;
  readonly count: number;
  /** Normalised texts and the place of the first choice that has each. */
  readonly places: ReadonlyMap<string, number>;
  readonly texts: readonly string[];
  readonly first: number;
};

const normalised = (text: string): string => textVerifier.answerKey(text);

const readJudged = readOnce(({ gold, options: written }): Read | { readonly refusal: string } => {
  const result = readOptions(written);
  if ("refusal" in result) return result;
  if (gold === null || gold.trim() === "") return { refusal: NO_GOLD };
  const { options } = result;
  const choices = options.choices ?? [];
  if (choices.some((one) => one.trim() === "")) return { refusal: "A choice is empty." };
  const texts = choices.map(normalised);
  const places = new Map(texts.map((text, index) => [text, index] as const).toReversed());
  const found = goldPlaces(gold.trim(), options, places);
  const kinds = Object.entries(found).filter(
    ([kind]) => options.gold_is === undefined || kind === options.gold_is,
  );
  const different = new Set(kinds.map(([, place]) => samePlace(place, texts, places)));
  const [place] = different;
  if (place === undefined)
    return { refusal: `The gold answer ${quoted(gold)} is none of the choices.` };
  if (different.size > 1)
    return {
      refusal: `The gold answer ${quoted(gold)} could be a ${kinds.map(([kind]) => kind).join(" or a ")} of different choices; the option gold_is says which.`,
    };
  const count = choices.length === 0 ? LETTERS.length : choices.length;
  return { gold: place, count, places, texts, first: options.first_index };
});

/** What the gold can be, each with the place of the choice that it then names. */
function goldPlaces(
  gold: string,
  { choices, first_index }: Options,
  places: ReadonlyMap<string, number>,
): Readonly<Partial<Record<"letter" | "text" | "index", number>>> {
  const count = choices?.length ?? LETTERS.length;
  const letter = letterIn(gold, count);
  const text = places.get(normalised(gold));
  const index = choices === undefined ? null : indexIn(gold, count, first_index);
  return {
    ...(letter === null ? {} : { letter }),
    ...(text === undefined ? {} : { text }),
    ...(index === null ? {} : { index }),
  };
}

function samePlace(
  place: number,
  texts: readonly string[],
  places: ReadonlyMap<string, number>,
): number {
  return places.get(texts[place] ?? "") ?? place;
}

const LETTER_ALONE = /^[([]?\s?([A-Za-z])\s?[)\].:]{0,2}$/u;

function letterIn(text: string, count: number): number | null {
  const letter = LETTER_ALONE.exec(text)?.[1]?.toUpperCase();
  const place = letter === undefined ? -1 : LETTERS.indexOf(letter);
  return place >= 0 && place < count ? place : null;
}

function indexIn(text: string, count: number, first: number): number | null {
  if (!/^\d{1,2}$/u.test(text)) return null;
  const place = Number(text) - first;
  return place >= 0 && place < count ? place : null;
}

const LEAD =
  /^(?:(?:so|thus|hence|therefore),?\s{1,3})?(?:(?:the|my)\s{1,3})?(?:(?:final|correct|right|best)\s{1,3})?(?:answer|choice|option)\s{0,3}(?:(?:is|would be|should be|must be)(?![a-zA-Z])|[:=])?\s{0,3}:?\s{0,3}|^(?:it is|it's|it must be|i (?:think|believe|choose|pick|would say|say)(?: it is| it's)?)\s{1,3}/iu;
const LETTER_AND_TEXT = /^[([]?\s?([A-Za-z])\s?(?:[)\]]\s?[.:,]?|[.:,;]|\s[-–—=]\s)\s{0,3}(?=\S)/u;
const DENIED =
  /(?:,\s{0,3})?(?<![\p{L}])(?:not|rather than|instead of)\s{1,3}(?:option\s{1,3}|choice\s{1,3})?[([]?[A-Za-z][)\]]?(?![\p{L}])/giu;
/** Of an answer that may name a choice. */
const MOST_CHARACTERS = 2000;

type Named = { readonly place: number } | { readonly reason: string };

/** The one choice that an answer names, or why it names none. */
function namedIn(answer: string, read: Read): Named {
  if (answer.length > MOST_CHARACTERS) return { reason: "is too long for a choice" };
  let text = plainAnswer(answer);
  for (let round = 0; round < 3; round++) {
    const own = placeOf(text, read);
    if (own !== null) return { place: own };
    const shorter = plainAnswer(text.replace(LEAD, ""));
    if (shorter === text || shorter === "") break;
    text = shorter;
  }
  const short = text.replaceAll("**", "").trim();
  const own = placeOf(short, read);
  if (own !== null) return { place: own };
  return withText(short, read);
}

/** A text, a letter or an index that stands alone. */
function placeOf(text: string, { places, count, first, texts }: Read): number | null {
  const letter = letterIn(text, count);
  if (letter !== null) return letter;
  const bare = text.replace(/[.!]$/u, "");
  // Where choices are numbers, a number is a choice's text and no index.
  const hasIndexes = texts.length > 0 && !texts.some((one) => /^\d/u.test(one));
  // The A of "A) Paris" is no article.
  const whole = LETTER_AND_TEXT.test(text) ? undefined : places.get(normalised(text));
  return whole ?? (hasIndexes ? indexIn(bare, count, first) : null);
}

/** "B) Paris", "(B), since …": the letter counts where the rest names no other choice. */
function withText(text: string, read: Read): Named {
  const match = LETTER_AND_TEXT.exec(text);
  const letter = match?.[1] === undefined ? null : letterIn(match[1], read.count);
  if (match === null || letter === null) return { reason: manyOrNone(text, read) };
  const rest = text.slice(match[0].length);
  const own = read.places.get(normalised(rest));
  if (own !== undefined && own !== samePlace(letter, read.texts, read.places))
    return { reason: "names one choice by its letter and another by its text" };
  if (own !== undefined) return { place: letter };
  const ownText = read.texts[letter] ?? "";
  const known = normalised(rest);
  const others = known.startsWith(ownText) ? known.slice(ownText.length) : known;
  const kept = known.startsWith(ownText) && ownText !== "" ? "" : rest.replaceAll(DENIED, "");
  const letters = lettersIn(kept, read.count).filter((place) => place !== letter);
  const naming = read.texts.some(
    (other, place) =>
      place !== letter && other !== ownText && !ownText.includes(other) && hasWords(others, other),
  );
  const offers = /^\s?(?:or|and|oder|und|ou|et)\s/u.test(others);
  return letters.length > 0 || naming || offers
    ? { reason: "names several choices" }
    : { place: letter };
}

function manyOrNone(text: string, read: Read): string {
  return lettersIn(text, read.count).length > 1 ? "names several choices" : "names no choice";
}

/** Capital letters that stand alone; A and I before a word are words. */
function lettersIn(text: string, count: number): number[] {
  const found = text.matchAll(/(?<![\p{L}\d'’])([A-Z])(?![\p{L}\d'’])(?!(?<=[AI])\s[a-z])/gu);
  const places = [...found].map(([, letter = ""]) => LETTERS.indexOf(letter));
  return [...new Set(places.filter((place) => place < count))];
}

function hasWords(text: string, words: string): boolean {
  return words !== "" && ` ${text} `.includes(` ${words} `);
}

function verify(judged: Judged, answer: string): Verdict {
  const read = readJudged(judged);
  if ("refusal" in read) return wrong(read.refusal);
  return verdict(read, namedIn(answer, read), answer);
}

function verdict(read: Read, named: Named, answer: string): Verdict {
  if ("reason" in named) return wrong(`${quoted(answer)} ${named.reason}.`);
  const given = samePlace(named.place, read.texts, read.places);
  const said = `${quoted(answer)} is choice ${LETTERS.charAt(named.place)}`;
  return given === read.gold
    ? right(`${said}, the right one.`)
    : wrong(`${said}; the right one is ${LETTERS.charAt(read.gold)}.`);
}

/** The whole text, else what it claims, else its last line, else the one choice that it marks with brackets. */
function verifyText(judged: Judged, text: string): Verdict {
  const read = readJudged(judged);
  if ("refusal" in read) return wrong(read.refusal);
  const whole = namedIn(text, read);
  if ("place" in whole) return verdict(read, whole, text);
  const claimed = claimsOf(text.slice(-20_000)).map((claim) => namedInClaim(claim, read));
  const [first] = claimed;
  if (first !== undefined) {
    const places = new Set(claimed.map(({ named }) => ("place" in named ? named.place : -1)));
    const last = claimed.at(-1) ?? first;
    if (places.size > 1) return wrong(`${quoted(text)} claims several answers.`);
    return verdict(read, last.named, last.said);
  }
  const line = lastLine(text.slice(-20_000)) ?? "";
  const named = namedIn(line, read);
  if ("place" in named) return verdict(read, named, line);
  return verdict(read, { reason: manyOrNone(line, read) }, line);
}

type NamedClaim = { readonly said: string; readonly named: Named };

function namedInClaim(claim: { said: string; after: string }, read: Read): NamedClaim {
  const named = namedIn(claim.said, read);
  if ("place" in named) {
    const sentence = firstSentence(claim);
    // The next line may offer another.
    if (sentence.length <= claim.said.length) return { said: claim.said, named };
    return { said: sentence, named: namedIn(sentence, read) };
  }
  const sentence = firstSentence(claim);
  return { said: sentence, named: namedIn(sentence, read) };
}

function extractLenient(text: string): string | null {
  const end = text.slice(-20_000);
  const claims = new Set(claimsOf(end).map((claim) => firstSentence(claim).trim()));
  return claims.size > 0 ? [...claims].join(" or ") : lastLine(end);
}

/** A letter where the answer begins with one, else its words. */
function answerKey(answer: string): string {
  const text = plainAnswer(answer.slice(0, MOST_CHARACTERS)).replace(LEAD, "");
  const letter = letterIn(text, LETTERS.length);
  if (letter !== null) return LETTERS.charAt(letter);
  const before = LETTER_AND_TEXT.exec(text)?.[1];
  return before !== undefined && lettersIn(text, LETTERS.length).length <= 1
    ? before.toUpperCase()
    : normalised(text);
}

export const choiceVerifier: Verifier = {
  name: "choice",
  version: "1",
  refusal: (judged) => {
    const read = readJudged(judged);
    return "refusal" in read ? read.refusal : null;
  },
  verify,
  verifyText,
  extractLenient,
  answerKey,
};
