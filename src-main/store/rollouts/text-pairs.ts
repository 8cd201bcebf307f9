/**
 * The characters of a text and the pairs of characters that follow each other, as words for an index that knows no
 * others: code points in base 32, a z between those of a pair. A to Z count as a to z, as in SQLite's lower().
 */

const ASCII = 128;
const RADIX = 32;

/** Words of ASCII pairs by both codes, made once. */
const known: string[] = [];
/** The text that last had the character or the pair, by its codes. */
const lastSeen = new Uint32Array(ASCII * (ASCII + 1));
let texts = 0;

/** Each once, in no order, with spaces between. */
export function pairsOf(text: string): string {
  texts = texts === 0xff_ff_ff_ff ? 1 : texts + 1;
  if (texts === 1) lastSeen.fill(0);
  const words: string[] = [];
  const others = new Set<string>();
  let before: number | undefined;
  for (const character of text) {
    const code = lowerCode(character.codePointAt(0) ?? 0);
    if (code < ASCII && (before ?? 0) < ASCII) {
      noteAscii(code, words);
      // Rows from 1 on hold pairs; row 0 holds single characters.
      if (before !== undefined) noteAscii((before + 1) * ASCII + code, words);
    } else {
      others.add(wordOf(code));
      if (before !== undefined) others.add(pairWord(before, code));
    }
    before = code;
  }
  for (const word of others) words.push(word);
  return words.join(" ");
}

/** The word that a text of one or two characters is found by; undefined for any other. */
export function shortWordOf(text: string): string | undefined {
  const codes = Array.from(text.toWellFormed(), (one) => lowerCode(one.codePointAt(0) ?? 0));
  const [first, second] = codes;
  if (first === undefined || codes.length > 2) return undefined;
  return second === undefined ? wordOf(first) : pairWord(first, second);
}

function noteAscii(at: number, words: string[]): void {
  if (lastSeen[at] === texts) return;
  lastSeen[at] = texts;
  const row = Math.floor(at / ASCII);
  const code = at % ASCII;
  words.push((known[at] ??= row === 0 ? wordOf(code) : pairWord(row - 1, code)));
}

function wordOf(code: number): string {
  return code.toString(RADIX);
}

function pairWord(first: number, second: number): string {
  return `${wordOf(first)}z${wordOf(second)}`;
}

function lowerCode(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code;
}
