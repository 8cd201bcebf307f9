/**
 * Interval of a share that was counted, at 95 %: Wilson, "Probable inference, the law of succession, and statistical
 * inference", 1927. It holds for few samples, and at 0 and 1 too.
 */
const Z = 1.959963984540054;

/** @param samples at least 1 */
export function wilsonInterval(correct: number, samples: number): [low: number, high: number] {
  const share = correct / samples;
  const z2 = (Z * Z) / samples;
  const centre = (share + z2 / 2) / (1 + z2);
  const half = (Z * Math.sqrt((share * (1 - share)) / samples + z2 / (4 * samples))) / (1 + z2);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
