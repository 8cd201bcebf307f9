/** How likely a token was, as one of the five shades of the design. Pure. */

/** A token below the first bound gets the first shade, below the second the second … */
export const SHADE_BOUNDS: readonly number[] = [0.5, 0.2, 0.05, 0.01];

/** "p1" … "p4", or undefined for a token of half or more. */
export function shadeOf(logprob: number): string | undefined {
  const p = Math.exp(logprob);
  const below = SHADE_BOUNDS.filter((bound) => p < bound).length;
  return below === 0 ? undefined : `p${below}`;
}

/** A token where its spaces and line ends count. */
export function tokenLabel(token: string): string {
  if (token === "") return "nothing";
  return token.replaceAll("\n", "↵").replaceAll("\t", "⇥").replaceAll(" ", "␣");
}
