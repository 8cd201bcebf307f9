/**
 * Dollars that stand in one column: each reads as everywhere, with its decimal point under the others'. Rounding all to
 * one number of decimals would make a small amount nothing, or give a large one digits that nobody measured. Pure.
 */
import { usdText } from "#shared/usd-text.ts";

function placesIn(text: string): number {
  const point = text.lastIndexOf(".");
  return point === -1 ? 0 : text.length - point - 1;
}

/** The most decimals that an amount of a column has; null is an amount that is not known. */
export function placesOf(amounts: readonly (number | null)[]): number {
  return amounts.reduce<number>(
    (most, usd) => (usd === null ? most : Math.max(most, placesIn(usdText(usd)))),
    0,
  );
}

/** What an amount's text is short of `places` decimals: it takes room and is neither seen nor read. */
export function fillTo(text: string, places: number): string {
  const own = placesIn(text);
  if (own >= places) return "";
  return `${own === 0 ? "." : ""}${"0".repeat(places - own)}`;
}
