/** Scores and paired differences as cells of the terminal's tables. */
import type { Estimate } from "#shared/schema/engine-protocol.ts";
import type { PairedVerdict } from "#shared/schema/compare.ts";
import { percentText, pointsText, pText } from "#shared/comparison-text.ts";

type Range = Pick<Estimate, "low" | "high">;

/** A share in 0–1: "53.6%". */
export function percent(share: number): string {
  return `${percentText(share)}%`;
}

/** "49.9%–57.3%". */
export function percentRange({ low, high }: Range): string {
  return `${percent(low)}–${percent(high)}`;
}

/** "53.6% (49.9%–57.3%)"; empty where nothing was measured. */
export function scoreText(score: Estimate | null | undefined): string {
  if (score === null || score === undefined) return "";
  return `${percent(score.value)} (${percentRange(score)})`;
}

/** Points, their interval, p and the word: the cells of a row that is compared. */
export function versusCells({ difference, pAdjusted, verdict }: PairedVerdict): string[] {
  const { value, low, high } = difference;
  return [
    pointsText(value),
    `${pointsText(low)} to ${pointsText(high)}`,
    pText(pAdjusted),
    verdict,
  ];
}
