/** McNemar's exact test: of the problems that only one side solves, is one side's share other than a half? */

/** The two-sided binomial p-value of `onlyLeft` in `onlyLeft + onlyRight` at ½; 1 where there are none. */
export function mcnemarExact(onlyLeft: number, onlyRight: number): number {
  const n = onlyLeft + onlyRight;
  if (n === 0) return 1;
  const least = Math.min(onlyLeft, onlyRight);
  // Terms C(n, i) / 2^n by their logarithms: n may be in the thousands.
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let i = 1; i <= least; i++) {
    logTerm += Math.log(n - i + 1) - Math.log(i);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
