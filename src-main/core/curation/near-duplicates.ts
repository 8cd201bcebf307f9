/**
 * Near duplicates by MinHash and locality-sensitive hashing (Broder, "On the resemblance and
 * containment of documents", 1997; Indyk and Motwani 1998), with FineWeb's parameters (Penedo et
 * al., 2024): shingles of 5 words, 112 hashes in 14 bands of 8, so that two texts of Jaccard
 * similarity s meet in a band with probability 1 − (1 − s⁸)¹⁴: 0.77 at s = 0.75, 0.92 at 0.8, 0.56 at 0.7.
 *
 * A candidate counts as a near duplicate from an estimated similarity of 0.75. Eight bits of each
 * hash are kept (b-bit minwise hashing, Li and König 2010), and chance matches taken out: with
 * M of 112 equal, Ĵ = (M/112 − 2⁻⁸)/(1 − 2⁻⁸), standard error at most 0.048.
 */
import { hash32 } from "#main/platform/random.ts";
import { SIGNATURE_BANDS, SIGNATURE_BYTES } from "#main/platform/signature.ts";
import type { Fingerprint } from "#main/platform/signature.ts";
import { hashSequence, hashToken, mix, tokensOf } from "./words.ts";

const SHINGLE = 5;
const BANDS = SIGNATURE_BANDS;
const HASHES = SIGNATURE_BYTES;
const ROWS = HASHES / BANDS;
const SEED = 0x67726164;

const MULTIPLIERS = Int32Array.from({ length: HASHES }, (_, i) => hash32(SEED, i) | 1);
const OFFSETS = Int32Array.from({ length: HASHES }, (_, i) => hash32(SEED, i, 1) | 0);

/** Of a text's words: equal for texts that are the same but for case, spaces and signs. */
export function contentHash(text: string): number {
  const hashes = Int32Array.from(tokensOf(text), hashToken);
  return hashSequence(hashes, 0, hashes.length);
}

/** Of a text that may be of any length; a text of fewer than 5 words is one shingle. */
export function fingerprint(text: string): Fingerprint {
  const hashes = Int32Array.from(tokensOf(text), hashToken);
  const least = new Uint32Array(HASHES).fill(0xffffffff);
  const shingles = new Set<number>();
  const last = Math.max(0, hashes.length - SHINGLE);
  for (let i = 0; i <= last; i++) {
    let shingle = SEED;
    const end = Math.min(hashes.length, i + SHINGLE);
    for (let j = i; j < end; j++) shingle = mix(Math.imul(shingle, 31) ^ (hashes[j] ?? 0));
    shingles.add(shingle);
  }
  for (const shingle of shingles) {
    for (let k = 0; k < HASHES; k++) {
      const value = (Math.imul(MULTIPLIERS[k] ?? 1, shingle) + (OFFSETS[k] ?? 0)) >>> 0;
      if (value < (least[k] ?? 0)) least[k] = value;
    }
  }
  return {
    content: hashSequence(hashes, 0, hashes.length),
    // The low bits of a minimum under x → ax + b are as good as random; mixed, they surely are.
    signature: Uint8Array.from(least, (value) => mix(value) & 0xff),
    bands: Array.from({ length: BANDS }, (_, band) =>
      hashSequence([band, ...least.subarray(band * ROWS, (band + 1) * ROWS)], 0, ROWS + 1),
    ),
  };
}
