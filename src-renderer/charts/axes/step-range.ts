/** A range of an x axis as the address writes it: "100-180". Pure. */
import type { Range } from "../series.ts";

/** "100-180" → {min: 100, max: 180}; anything else is no range. */
export function rangeFrom(text: string): Range | undefined {
  const match = /^(\d{1,15})-(\d{1,15})$/u.exec(text);
  if (match === null) return undefined;
  const [min, max] = [Number(match[1]), Number(match[2])];
  return max > min ? { min, max } : undefined;
}

export function rangeText({ min, max }: Range): string {
  return `${String(min)}-${String(max)}`;
}
