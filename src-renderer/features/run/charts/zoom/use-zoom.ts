/** The range of steps that all charts of the run show, kept in the address. Undefined shows every step. */
import { useCallback, useMemo } from "react";
import { useFilter } from "#renderer/navigation/location.ts";
import { rangeFrom, rangeText } from "#renderer/charts/axes/step-range.ts";
import type { Range } from "#renderer/charts/series.ts";

/** A range `factor` times as wide around a step, inside `whole`; undefined where that is all of it. */
export function scaledRange(
  range: Range,
  around: number,
  factor: number,
  whole: Range,
): Range | undefined {
  const width = Math.max(2, Math.round((range.max - range.min) * factor));
  if (width >= whole.max - whole.min) return undefined;
  const share = (around - range.min) / (range.max - range.min);
  const wanted = Math.round(around - share * width);
  const min = Math.max(whole.min, Math.min(whole.max - width, wanted));
  return { min, max: min + width };
}

export function useZoom(): readonly [Range | undefined, (range: Range | undefined) => void] {
  const [text, setText] = useFilter("zoom");
  const zoom = useMemo(() => rangeFrom(text), [text]);
  const set = useCallback(
    (range: Range | undefined) =>
      // A zoom can be gone back from.
      setText(range === undefined ? "" : rangeText(range), false),
    [setText],
  );
  return [zoom, set];
}
