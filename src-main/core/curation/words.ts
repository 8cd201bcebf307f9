/**
 * Curation: what can be measured on a record's text and mended in it. Pure functions, one file each,
 * with their sources; they import the tasks, the rewards and the shared schemas.
 *
 * This file: a text as a list of words, for everything that compares texts.
 */

/** Runs of letters, whole numbers, and each sign that carries meaning in formulas. */
const TOKEN = /\p{L}[\p{L}\p{M}]*|\p{N}+(?:[.,]\p{N}+)*|[+\-*/=^<>×÷−√%]/gu;

/** Lower case, compatibility forms folded (full-width letters, ligatures); punctuation left out. */
export function tokensOf(text: string): string[] {
  return text.normalize("NFKC").toLowerCase().match(TOKEN) ?? [];
}

/** 32-bit FNV-1a of a word, then mixed, so that near words are far. */
export function hashToken(token: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < token.length; i++) h = Math.imul(h ^ token.charCodeAt(i), 0x01000193);
  return mix(h);
}

/** Murmur3's finalizer: every bit of the input changes every bit of the output. */
export function mix(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A 53-bit number of a sequence: two 32-bit hashes of different seeds, what is left of them. */
export function hashSequence(hashes: ArrayLike<number>, from: number, to: number): number {
  let low = 0x9e3779b9;
  let high = 0x243f6a88;
  for (let i = from; i < to; i++) {
    const h = hashes[i] ?? 0;
    low = mix(low ^ h);
    high = mix(Math.imul(high, 31) + h);
  }
  return (high & 0x1fffff) * 4294967296 + low;
}
