/**
 * How easily a person reads a text, 0 to 100: the mean of
 *
 * - ease: Flesch's reading ease, 206.835 − 1.015 words/sentences − 84.6 syllables/words, cut to 0–100
 *   (Flesch, "A new readability yardstick", Journal of Applied Psychology 32, 1948). English only:
 *   left out below 20 words or where less than 90% of them are plain Latin letters;
 * - layout: the share of characters in paragraphs of at most 400 characters. DeepSeek-R1 (2025,
 *   section 2.3) discards "long paragraphs" from its cold-start and rejection-sampled data;
 * - order: the share of sentences that neither break off and start over ("wait", "hmm", "let me
 *   rethink" at their beginning) nor have more than 60 words.
 *
 * A convention for sorting, not a truth about a text: equal weights, no fitted constant but Flesch's.
 */

const LEAST_CHARACTERS = 20;
const LEAST_WORDS = 20;
const LONG_PARAGRAPH = 400;
const LONG_SENTENCE = 60;
const WORD = /\p{L}+(?:['’]\p{L}+)*/gu;
const SENTENCE_END = /[.!?。！？]+(?=\s|$)|\n+/u;
const RESTART =
  /^(?:wait|hmm+|hm|oops|actually|no,|uh|let me (?:re\w+|start over|think again)|on second thought|moment)\b/i;

/** Null where there is too little text. */
export function readability(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed.length < LEAST_CHARACTERS) return null;
  const sentences = trimmed
    .split(SENTENCE_END)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
  if (sentences.length === 0) return null;
  const parts = [layout(trimmed), order(sentences)];
  const ease = fleschReadingEase(sentences);
  if (ease !== null) parts.push(Math.min(100, Math.max(0, ease)));
  return parts.reduce((sum, part) => sum + part, 0) / parts.length;
}

function fleschReadingEase(sentences: readonly string[]): number | null {
  let words = 0;
  let plain = 0;
  let syllables = 0;
  let withWords = 0;
  for (const sentence of sentences) {
    const found = sentence.match(WORD) ?? [];
    if (found.length > 0) withWords++;
    for (const word of found) {
      words++;
      if (/^[a-z'’]+$/i.test(word)) plain++;
      syllables += countSyllables(word);
    }
  }
  if (words < LEAST_WORDS || plain < 0.9 * words) return null;
  return 206.835 - 1.015 * (words / withWords) - 84.6 * (syllables / words);
}

/** Groups of vowels; a final silent e does not count, a final -le after a consonant does. */
export function countSyllables(word: string): number {
  const lower = word.toLowerCase().replaceAll(/[^a-z]/g, "");
  const groups = lower.match(/[aeiouy]+/g)?.length ?? 0;
  const silent = /[^aeiouyl]e$|[aeiouy]le$/.test(lower) ? 1 : 0;
  return Math.max(1, groups - silent);
}

function layout(text: string): number {
  let short = 0;
  let all = 0;
  for (const paragraph of text.split(/\n+/)) {
    all += paragraph.length;
    if (paragraph.length <= LONG_PARAGRAPH) short += paragraph.length;
  }
  return all === 0 ? 100 : (100 * short) / all;
}

function order(sentences: readonly string[]): number {
  const plain = sentences.filter(
    (sentence) => !RESTART.test(sentence) && (sentence.match(WORD)?.length ?? 0) <= LONG_SENTENCE,
  );
  return (100 * plain.length) / sentences.length;
}
