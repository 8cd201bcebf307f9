/** Which of many texts nearly repeats an earlier one: bands of MinHash signatures, held in memory. */
import { NEAR_DUPLICATE_FROM, SIGNATURE_BANDS, similarity } from "#main/platform/signature.ts";
import type { Fingerprint } from "#main/platform/signature.ts";

/** In a crowd of alike texts so many are looked at. */
const CANDIDATES = 64;

export class NearIndex {
  readonly #signatures: Uint8Array[] = [];
  /** Of each band's hash, the last text that has it. */
  readonly #last = new Map<number, number>();
  /** Of each text, by band, the text before it with the same hash; -1: none. */
  readonly #before: number[] = [];

  /** Gives the text's number, from 0. */
  add({ signature, bands }: Fingerprint): number {
    const number = this.#signatures.length;
    this.#signatures.push(signature);
    for (const band of bands) {
      this.#before.push(this.#last.get(band) ?? -1);
      this.#last.set(band, number);
    }
    return number;
  }

  /** The number of the most similar text among candidates; null where none is a near duplicate. */
  nearest({ signature, bands }: Fingerprint): number | null {
    const seen = new Set<number>();
    let best: number | null = null;
    let most = NEAR_DUPLICATE_FROM;
    for (const [band, hash] of bands.entries()) {
      let at = this.#last.get(hash) ?? -1;
      while (at !== -1 && seen.size < CANDIDATES) {
        const other = this.#signatures[at];
        if (!seen.has(at) && other !== undefined) {
          const alike = similarity(signature, other);
          if (alike >= most) {
            most = alike;
            best = at;
          }
        }
        seen.add(at);
        at = this.#before[at * SIGNATURE_BANDS + band] ?? -1;
      }
    }
    return best;
  }
}
