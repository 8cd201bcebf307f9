/** Parts of a memory estimate as a bar draws them. Pure. */
import type { MemoryPart } from "#shared/schema/recipe-draft.ts";

export const COLOURS = ["cr", "c1", "c4", "c3", "c2", "c5", "c6"];

/** A colour for each part: of more parts than colours, the smallest stand together. */
export function drawnParts(parts: readonly MemoryPart[]): readonly MemoryPart[] {
  // What needs nothing is no part.
  const some = parts.filter(({ bytes }) => bytes > 0);
  if (some.length <= COLOURS.length) return some;
  const bySize = some.toSorted((a, b) => b.bytes - a.bytes);
  const own = new Set(bySize.slice(0, COLOURS.length - 1));
  const others = some.filter((part) => !own.has(part));
  return [
    ...some.filter((part) => own.has(part)),
    { name: `${String(others.length)} smaller parts`, bytes: totalOf(others) },
  ];
}

export function totalOf(parts: readonly MemoryPart[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}
