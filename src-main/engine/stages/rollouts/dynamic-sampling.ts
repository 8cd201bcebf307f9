/**
 * Dynamic sampling (DAPO, arXiv 2503.14476, section 3.2, equation 11): a prompt counts where 0 < right completions < all,
 * by the verifier. Batches are sampled until as many prompts count as the batch has, or the bound is reached.
 */

interface Judged {
  readonly correct: boolean;
}

/** Some are right and some are wrong, so that they teach something of the answer. */
export function isMixed(group: readonly Judged[]): boolean {
  const right = group.filter(({ correct }) => correct).length;
  return right > 0 && right < group.length;
}

/**
 * `wanted` groups of those that were sampled, in the order in which they were: all that are mixed, up to `wanted`, and
 * where these are too few the first of the others.
 */
export function chosenGroups<G extends readonly Judged[]>(
  sampled: readonly G[],
  wanted: number,
): readonly G[] {
  const mixed = sampled.filter(isMixed).slice(0, wanted);
  const others = sampled.filter((group) => !isMixed(group)).slice(0, wanted - mixed.length);
  const chosen = new Set([...mixed, ...others]);
  return sampled.filter((group) => chosen.has(group));
}
