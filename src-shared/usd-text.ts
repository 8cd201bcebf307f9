/** How amounts of dollars read, the same in the window, in reports and on the command line. */

const MINUS = "\u2212";
/** Smaller amounts are said to be below it. */
const MOST_DIGITS = 12;

/**
 * Two decimals; below ten cents as many as two significant figures need, or as many as asked, as for a column. An amount
 * that is not nothing never reads as nothing: "$0" is nothing, "<$0.0001" less than the column shows.
 */
export function usdText(amount: number, decimals?: number): string {
  if (amount === 0) return "$0";
  const size = Math.abs(amount);
  const sign = amount < 0 ? MINUS : "";
  const digits =
    decimals ?? (size >= 0.1 ? 2 : Math.min(MOST_DIGITS, 1 - Math.floor(Math.log10(size))));
  const least = 10 ** -digits;
  if (size < least / 2) return `${sign}<$${least.toFixed(digits)}`;
  return `${sign}$${size.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}
