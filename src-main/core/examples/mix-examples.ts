/**
 * Several sources of examples as one epoch, in the shares of their weights: it ends when the source that lasts longest has
 * been gone through once, and shorter ones begin again (as Hugging Face's `interleave_datasets` with `all_exhausted`).
 * Which example stands where is decided by the seed and the place alone.
 */
import { hash32, Random } from "#main/platform/random.ts";

export interface MixedSource<T> {
  readonly examples: readonly T[];
  readonly weight: number;
}

/** Examples of each source in an epoch, before they are shuffled together: whole numbers, each source at least once through. */
export function mixedCounts(
  sources: readonly { readonly size: number; readonly weight: number }[],
): number[] {
  const epoch = sources.reduce((most, { size, weight }) => Math.max(most, size / weight), 0);
  return sources.map(({ size, weight }) =>
    size === 0 ? 0 : Math.max(size, Math.round(epoch * weight)),
  );
}

/** A source that comes again does so in another order each time; a lone one is given as it is. */
export function mixExamples<T>(sources: readonly MixedSource<T>[], seed: number): T[] {
  const counts = mixedCounts(
    sources.map(({ examples, weight }) => ({ size: examples.length, weight })),
  );
  return sources.flatMap(({ examples }, at) => {
    const wanted = counts[at] ?? 0;
    const rounds = examples.length === 0 ? 0 : Math.ceil(wanted / examples.length);
    const all = Array.from({ length: rounds }, (_, round) =>
      round === 0 && rounds === 1
        ? [...examples]
        : new Random(hash32(seed, at, round)).shuffle([...examples]),
    );
    return all.flat().slice(0, wanted);
  });
}
