/**
 * An answer that a pattern matches. Patterns are the user's and answers are anybody's, so they meet in RE2's engine,
 * whose time is linear in the text: look-around and back-references, which would not be, are refused.
 */
import { LRUCache } from "lru-cache";
import { RE2JS, RE2JSException } from "re2js";
import { z } from "zod";
import { claimsOf, firstSentence, lastLine } from "./answers/claimed-answer.ts";
import { quoted, right, wrong } from "./verdict.ts";
import { optionsReader, readOnce } from "./verifier-options.ts";
import type { Judged, Verdict, Verifier } from "./verifier.ts";

const Options = z.strictObject({
  /** RE2's syntax. Without it the gold answer is the pattern; with it a gold answer is an example that must match. */
  pattern: z.string().min(1).max(10_000).optional(),
  /** Whether the whole answer is to match, or any part of it. */
  match: z.enum(["whole", "part"]).default("whole"),
  ignore_case: z.boolean().default(false),
});

const readOptions = optionsReader(Options);

/** Instructions of a compiled pattern, and instructions times characters: about 50 ms at worst. */
const MOST_INSTRUCTIONS = 1000;
const MOST_WORK = 2_000_000;
const MOST_PATTERN = 10_000;

type Pattern = { readonly source: string; readonly engine: RE2JS; readonly mostCharacters: number };
type Compiled = Pattern | { readonly refusal: string };

const patterns = new LRUCache<string, Compiled>({ max: 256 });

function compiled(source: string, ignoresCase: boolean): Compiled {
  const key = `${ignoresCase ? "i" : "c"}${source}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const result = compileAnew(source, ignoresCase);
  patterns.set(key, result);
  return result;
}

function compileAnew(source: string, ignoresCase: boolean): Compiled {
  if (source.length > MOST_PATTERN)
    return { refusal: `The pattern is longer than ${String(MOST_PATTERN)} characters.` };
  try {
    const engine = RE2JS.compile(source, ignoresCase ? RE2JS.CASE_INSENSITIVE : 0);
    const size = engine.programSize();
    if (size > MOST_INSTRUCTIONS)
      return { refusal: `The pattern ${quoted(source)} is too large: it repeats too much.` };
    return { source, engine, mostCharacters: Math.floor(MOST_WORK / size) };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const reason = error.message.replace(/^error parsing regexp: /u, "");
    return { refusal: `The pattern ${quoted(source)} cannot be read: ${reason}.` };
  }
}

type Read = Pattern & { readonly isWhole: boolean };

const readJudged = readOnce(({ gold, options: written }): Read | { readonly refusal: string } => {
  const result = readOptions(written);
  if ("refusal" in result) return result;
  const { pattern, match, ignore_case } = result.options;
  const source = pattern ?? gold;
  if (source === null || source === "")
    return { refusal: "There is no pattern: neither the gold answer nor the option gives one." };
  const made = compiled(source, ignore_case);
  if ("refusal" in made) return made;
  const read = { ...made, isWhole: match === "whole" };
  if (pattern !== undefined && gold !== null && !matches(read, gold.trim()))
    return {
      refusal: `The gold answer ${quoted(gold)} does not match the pattern ${quoted(pattern)}.`,
    };
  return read;
});

function matches({ engine, isWhole, mostCharacters }: Read, text: string): boolean {
  if (text.length > mostCharacters) return false;
  return isWhole ? engine.testExact(text) : engine.test(text);
}

function verify(judged: Judged, answer: string): Verdict {
  const read = readJudged(judged);
  if ("refusal" in read) return wrong(read.refusal);
  const text = answer.trim();
  if (text.length > read.mostCharacters)
    return wrong(
      `The answer is longer than the ${String(read.mostCharacters)} characters that the pattern is matched with.`,
    );
  if (matches(read, text)) return right(`${quoted(text)} matches ${quoted(read.source)}.`);
  return wrong(
    `${quoted(text)} does not match ${quoted(read.source)}${read.isWhole ? " as a whole" : ""}.`,
  );
}

function extractLenient(text: string): string | null {
  const end = text.slice(-20_000);
  const claim = claimsOf(end).at(-1);
  return claim === undefined ? lastLine(end) : firstSentence(claim).trim();
}

export const regexVerifier: Verifier = {
  name: "regex",
  version: "1",
  refusal: (judged) => {
    const read = readJudged(judged);
    return "refusal" in read ? read.refusal : null;
  },
  verify,
  extractLenient,
  answerKey: (answer) => answer.trim(),
};
