/**
 * DeepSeek-R1's language consistency: the share of the completion's words that are written in the
 * prompt's language. Languages are told apart by their script, so mixing English and Chinese is
 * seen and mixing English and German is not.
 *
 * Tags, LaTeX commands and single letters (variables) are no words. In scripts without spaces each
 * character counts as a word.
 */
import type { RewardInput } from "./reward-input.ts";

type Script =
  | "latin"
  | "han"
  | "kana"
  | "hangul"
  | "cyrillic"
  | "greek"
  | "arabic"
  | "hebrew"
  | "devanagari"
  | "thai"
  | "other";

const SCRIPTS: readonly (readonly [Script, RegExp])[] = [
  ["latin", /^\p{Script=Latin}/u],
  ["han", /^\p{Script=Han}/u],
  ["kana", /^[\p{Script=Hiragana}\p{Script=Katakana}]/u],
  ["hangul", /^\p{Script=Hangul}/u],
  ["cyrillic", /^\p{Script=Cyrillic}/u],
  ["greek", /^\p{Script=Greek}/u],
  ["arabic", /^\p{Script=Arabic}/u],
  ["hebrew", /^\p{Script=Hebrew}/u],
  ["devanagari", /^\p{Script=Devanagari}/u],
  ["thai", /^\p{Script=Thai}/u],
];

const NO_WORDS = /<\/?(?:think|answer)>|\\[A-Za-z]+/g;
/** One character of a script without spaces, or a run of at least two letters. */
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|\p{L}[\p{L}\p{M}]+/gu;

/** Between 0 and 1; null where the prompt or the completion has no words. */
export function languageReward({
  problem,
  completionText,
}: {
  readonly problem: Pick<RewardInput["problem"], "prompt">;
  readonly completionText: string;
}): number | null {
  const wanted = languageScripts(countScripts(problem.prompt));
  const counts = countScripts(completionText);
  const words = sum(counts.values());
  if (wanted.length === 0 || words === 0) return null;
  return sum(wanted.map((script) => counts.get(script) ?? 0)) / words;
}

/** The prompt's most frequent script; Japanese is written in kana and Chinese characters together. */
function languageScripts(counts: ReadonlyMap<Script, number>): Script[] {
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1]);
  if (most === undefined) return [];
  const japanese = (most[0] === "han" || most[0] === "kana") && counts.has("kana");
  return japanese ? ["han", "kana"] : [most[0]];
}

function countScripts(text: string): Map<Script, number> {
  const counts = new Map<Script, number>();
  for (const [word] of text.replaceAll(NO_WORDS, " ").matchAll(WORD)) {
    const script = SCRIPTS.find(([, pattern]) => pattern.test(word))?.[0] ?? "other";
    counts.set(script, (counts.get(script) ?? 0) + 1);
  }
  return counts;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
