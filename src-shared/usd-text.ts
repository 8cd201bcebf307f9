/** How amounts of dollars read, the same in the window, in reports and on the command line. */
import { counted } from "./counted.ts";
import type { UnpricedUse } from "./schema/cost.ts";

const MINUS = "\u2212";
/** Smaller amounts are said to be below it. */
const MOST_DIGITS = 12;

/** From here on cents say nothing. */
const WHOLE_FROM = 10_000;

/**
 * Two decimals; below ten cents as many as two significant figures need, so that one amount reads the same wherever it
 * stands; none from ten thousand on. An amount that is not nothing never reads as nothing: only nothing is "$0".
 */
export function usdText(amount: number): string {
  if (amount === 0) return "$0";
  const size = Math.abs(amount);
  const sign = amount < 0 ? MINUS : "";
  const digits = decimalsOf(size);
  const least = 10 ** -digits;
  if (size < least / 2) return `${sign}<$${least.toFixed(digits)}`;
  return `${sign}$${size.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** A price or a cap, which somebody set: every digit of it, and cents at least. 0.0446 reads $0.0446, 2 reads $2.00. */
export function priceText(price: number): string {
  if (price === 0) return "$0";
  return `$${price.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: MOST_DIGITS })}`;
}

/** Of what is paid by tokens that have no price: not the same as nothing. */
const NO_PRICE = "no price";

/**
 * An amount that may not be known, since nobody said what tokens cost; then with the tokens, which are: "no price · 12,345
 * tokens".
 */
export function costText(amount: number | null, unpricedTokens = 0): string {
  if (amount !== null && unpricedTokens === 0) return usdText(amount);
  const unpriced =
    unpricedTokens === 0 ? NO_PRICE : `${NO_PRICE} · ${counted(unpricedTokens, "token")}`;
  return amount === null ? unpriced : `${usdText(amount)} + ${unpriced}`;
}

/** What went to endpoints without prices, e.g. "12 requests, 12,345 tokens, to endpoints at no price". */
export function unpricedText(requests: number, tokens: number): string {
  const asked = counted(requests, "request");
  return tokens === 0
    ? `${asked} to endpoints at ${NO_PRICE}`
    : `${asked}, ${counted(tokens, "token")}, to endpoints at ${NO_PRICE}`;
}

/** For what an endpoint without prices was asked, e.g. "teacher: 12 requests to qwen3 at Ollama". */
export function unpricedNote({
  purpose,
  requests,
  model,
  endpoint,
}: Pick<UnpricedUse, "purpose" | "requests" | "model" | "endpoint">): string {
  return `${purpose}: ${counted(requests, "request")} to ${model} at ${endpoint}`;
}

function decimalsOf(size: number): number {
  if (size >= WHOLE_FROM) return 0;
  return size >= 0.1 ? 2 : Math.min(MOST_DIGITS, 1 - Math.floor(Math.log10(size)));
}
