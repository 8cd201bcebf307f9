/**
 * What the charts draw while a new range is asked for: the exact lines as soon as they are there. Those at hand, in the
 * new range, only where the host takes long: drawing two dozen charts twice takes longer than most answers.
 */
import { useDeferredValue, useEffect, useState } from "react";
import type { Range } from "#renderer/charts/series.ts";
import type { ZoomedLines } from "./use-zoomed-lines.ts";

export interface Drawing extends ZoomedLines {
  /** The steps that are shown. */
  readonly range: Range | undefined;
}

/** Longer than an answer should take, shorter than one waits without a sign. */
const GRACE_MS = 80;

/** @param wanted must be the same object while nothing of it changes. */
export function useDrawn(wanted: Drawing): Drawing {
  const [late, setLate] = useState<Drawing>();
  const [held, setHeld] = useState(wanted);
  useEffect(() => {
    if (wanted.exact) return undefined;
    const timer = window.setTimeout(() => setLate(wanted), GRACE_MS);
    return () => window.clearTimeout(timer);
  }, [wanted]);
  const isReady = wanted.exact || late === wanted;
  if (isReady && held !== wanted) setHeld(wanted);
  // Drawing must not hold up a key.
  return useDeferredValue(isReady ? wanted : held);
}
