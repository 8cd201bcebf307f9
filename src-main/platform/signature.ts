/**
 * MinHash signatures as they are kept: 112 bytes, one for each hash function, and how alike two are.
 * core/curation/near-duplicates.ts makes them and says why these numbers.
 */

export const SIGNATURE_BYTES = 112;
export const SIGNATURE_BANDS = 14;
/** Texts at least so similar are near duplicates. */
export const NEAR_DUPLICATE_FROM = 0.75;

/** How often two unrelated bytes are equal. */
const CHANCE = 1 / 256;

/** What two texts are compared by. */
export interface Fingerprint {
  /** 53 bits of all the words in order: equal texts have equal numbers. */
  readonly content: number;
  readonly signature: Uint8Array;
  /** One 53-bit number a band; texts that share one are candidates. */
  readonly bands: readonly number[];
}

/** Estimated Jaccard similarity of two texts' shingles, 0 to 1. */
export function similarity(a: Uint8Array, b: Uint8Array): number {
  let equal = 0;
  for (let i = 0; i < SIGNATURE_BYTES; i++) if (a[i] === b[i]) equal++;
  return Math.max(0, (equal / SIGNATURE_BYTES - CHANCE) / (1 - CHANCE));
}
