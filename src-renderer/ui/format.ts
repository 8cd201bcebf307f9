/** How numbers, times and amounts read in the window: minus is −, thousands 25,600, ranges –. */
import { intervalText, percentText, pointsText, pText } from "#shared/comparison-text.ts";
import { costText, priceText } from "#shared/usd-text.ts";

const MINUS = "\u2212";

function signless(text: string): string {
  return text.replace("-", MINUS);
}

/** A number with `digits` decimals; "–" for what was not measured. */
export function formatNumber(value: number | null | undefined, digits = 0): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return signless(
    value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
}

/** A number of unknown size in at most `significant` figures, for charts' current values and ticks. */
export function formatCompact(value: number | null | undefined, significant = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e12) return signless(value.toExponential(2).replace("e+", "e"));
  if (size >= 1e9) return `${formatCompact(value / 1e9, significant)} G`;
  if (size >= 1e6) return `${formatCompact(value / 1e6, significant)} M`;
  if (size >= 1000) return formatNumber(value);
  if (size < 1e-3) return signless(value.toExponential(Math.max(0, significant - 2)));
  const decimals = Math.max(0, significant - 1 - Math.floor(Math.log10(size)));
  return formatNumber(value, Math.min(decimals, 4));
}

/** A share in 0–1 as percent without the sign, one decimal: 0.536 → "53.6". */
export function formatPercent(share: number | null | undefined, digits = 1): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return "–";
  return percentText(share, digits);
}

/** An interval of shares in percent: "[49.9, 57.3]". */
export function formatInterval(low: number, high: number, digits = 1): string {
  return intervalText({ low, high }, digits);
}

/** A difference of shares in points, always with its sign: "+19.0". */
export function formatPoints(difference: number, digits = 1): string {
  return pointsText(difference, digits);
}

/** A signed number: "+1.18", "−0.56", "0.00". */
export function formatSigned(value: number, digits = 2): string {
  const text = formatNumber(value, digits);
  return value > 0 ? `+${text}` : text;
}

/** A p value as people write it. */
export function formatP(p: number): string {
  return pText(p);
}

/** Dollars as `usdText` writes them; "no price" where there is none. */
export function formatUsd(amount: number | null | undefined): string {
  return costText(amount ?? null);
}

/** What something cost that may have no price; then with its tokens. */
export function formatCost(amount: number | null, unpricedTokens: number): string {
  return costText(amount, unpricedTokens);
}

/** What somebody set, with all its digits; "no price" where nobody did. */
export function formatPrice(price: number | null | undefined): string {
  return price === null || price === undefined ? "no price" : priceText(price);
}

/** A length of time in its two largest units: "46 s", "3 min 20 s", "2 h 5 min", "4 d 3 h". */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "–";
  if (ms < 1000) return `${formatNumber(Math.max(0, ms))} ms`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10)
    return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** Bytes in binary units. */
export function formatBytes(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${formatNumber(value, unit === 0 || value >= 100 ? 0 : 1)} ${units[unit] ?? ""}`;
}

/** Floating-point operations, always in powers of ten, so that a column compares. */
export function formatFlops(flops: number): string {
  return flops === 0 ? "0" : flops.toExponential(2).replace("e+", "e");
}

/** Joules as Wh or kWh; "not measured" where no counter was readable. */
export function formatEnergy(joules: number | null): string {
  if (joules === null) return "not measured";
  const wh = joules / 3600;
  return wh >= 1000
    ? `${formatNumber(wh / 1000, 2)} kWh`
    : `${formatNumber(wh, wh < 10 ? 2 : 1)} Wh`;
}

/** When something happened: "14:02" today, "yesterday 14:02", "22 Nov", "22 Nov 2025" in another year. */
export function formatWhen(timeMs: number, nowMs: number): string {
  const then = new Date(timeMs);
  const now = new Date(nowMs);
  const clock = `${String(then.getHours()).padStart(2, "0")}:${String(then.getMinutes()).padStart(2, "0")}`;
  const startOfToday = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  if (timeMs >= startOfToday) return clock;
  if (timeMs >= startOfToday - 86_400_000) return `yesterday ${clock}`;
  const date = `${then.getDate()} ${then.toLocaleString("en-US", { month: "short" })}`;
  return then.getFullYear() === now.getFullYear() ? date : `${date} ${then.getFullYear()}`;
}

/** "1 run", "2 runs". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}
