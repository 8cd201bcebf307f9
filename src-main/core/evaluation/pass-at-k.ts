/** The unbiased estimator of pass@k, equation 1 of Chen et al., "Evaluating Large Language Models Trained on Code" (2021). */

/**
 * The probability that of `k` completions drawn without replacement from `n`, of which `c` are
 * right, at least one is: 1 - C(n-c, k) / C(n, k). Throws a RangeError where 1 ≤ k ≤ n or 0 ≤ c ≤ n
 * does not hold.
 */
export function passAtK(n: number, c: number, k: number): number {
  if (k < 1 || k > n || c < 0 || c > n) throw new RangeError(`pass@${k} of ${c} right in ${n}`);
  if (n - c < k) return 1;
  let noneRight = 1;
  for (let i = n - c + 1; i <= n; i++) noneRight *= 1 - k / i;
  return 1 - noneRight;
}

/** 1, 2, 4 … up to k, and k itself. */
export function passAtKSteps(k: number): number[] {
  const steps: number[] = [];
  for (let step = 1; step < k; step *= 2) steps.push(step);
  return k < 1 ? [] : [...steps, k];
}
