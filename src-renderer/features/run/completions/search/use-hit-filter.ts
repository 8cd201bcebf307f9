/** Which completions of the whole run are wanted, kept in the address. */
import { useMemo } from "react";
import { useFilter } from "#renderer/navigation/location.ts";
import type { HitFilter } from "./hit-filter.ts";

export interface SetHitFilter {
  readonly text: (text: string) => void;
  readonly minReward: (text: string) => void;
  readonly maxReward: (text: string) => void;
  readonly show: (show: HitFilter["show"]) => void;
  readonly cut: (cut: boolean) => void;
}

/** The filter is the same object while nothing of it changes. */
export function useHitFilter(): readonly [HitFilter, SetHitFilter] {
  const [text, setText] = useFilter("text");
  const [minReward, setMinReward] = useFilter("min-reward");
  const [maxReward, setMaxReward] = useFilter("max-reward");
  const [showText, setShow] = useFilter("show", "all");
  const [cutText, setCut] = useFilter("cut");
  const show = showText === "right" || showText === "wrong" ? showText : "all";
  const cut = cutText === "only";
  const filter = useMemo(
    (): HitFilter => ({ text, minReward, maxReward, show, cut }),
    [text, minReward, maxReward, show, cut],
  );
  const set = {
    text: setText,
    minReward: setMinReward,
    maxReward: setMaxReward,
    show: setShow,
    cut: (only: boolean) => setCut(only ? "only" : ""),
  };
  return [filter, set];
}
