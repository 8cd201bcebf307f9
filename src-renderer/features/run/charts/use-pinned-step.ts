/** The step that the charts and the completions stand on, kept in the address. Undefined follows the newest. */
import { useCallback } from "react";
import { useFilter } from "#renderer/navigation/location.ts";

export function usePinnedStep(): readonly [number | undefined, (step: number | undefined) => void] {
  const [text, setText] = useFilter("step");
  const step = /^\d+$/u.test(text) ? Number(text) : undefined;
  const set = useCallback(
    (next: number | undefined) => setText(next === undefined ? "" : String(next)),
    [setText],
  );
  return [step, set];
}
