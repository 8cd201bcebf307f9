/** Which prompt's completions are shown, which of them, and which one is read: all of it in the address. */
import { useCallback, useMemo } from "react";
import type { ListedRollout, RolloutGroup } from "#shared/schema/metrics.ts";
import { useFilter } from "#renderer/navigation/location.ts";
import { hasNoSpread, matchesVerdict } from "./rollout-groups.ts";
import type { Verdict } from "./rollout-groups.ts";

export interface CompletionChoice {
  readonly groups: readonly RolloutGroup[];
  /** undefined where the step has no completions. */
  readonly group: RolloutGroup | undefined;
  readonly setGroup: (group: RolloutGroup) => void;
  readonly verdict: Verdict;
  readonly setVerdict: (verdict: Verdict) => void;
  /** The group's completions of that verdict. */
  readonly shown: readonly ListedRollout[];
  readonly chosen: ListedRollout | undefined;
  readonly choose: (rollout: ListedRollout) => void;
  /** Side by side rather than as a list. */
  readonly beside: boolean;
  readonly setBeside: (beside: boolean) => void;
}

function asVerdict(text: string): Verdict {
  return text === "right" || text === "wrong" ? text : "all";
}

/** Without a group in the address the first that teaches something. */
export function useCompletionChoice(groups: readonly RolloutGroup[]): CompletionChoice {
  const [groupText, setGroup] = useFilter("group");
  const [indexText, setIndex] = useFilter("completion");
  const [verdictText, setVerdict] = useFilter("show", "all");
  const [arrangement, setArrangement] = useFilter("group-view", "list");
  const verdict = asVerdict(verdictText);
  const group =
    groups.find((one) => String(one.group) === groupText) ??
    groups.find((one) => !hasNoSpread(one)) ??
    groups[0];
  const shown = useMemo(
    () => group?.rollouts.filter((one) => matchesVerdict(one, verdict)) ?? [],
    [group, verdict],
  );
  return {
    groups,
    group,
    setGroup: useCallback((next: RolloutGroup) => setGroup(String(next.group)), [setGroup]),
    verdict,
    setVerdict,
    shown,
    chosen: shown.find((one) => String(one.index) === indexText) ?? shown[0],
    choose: useCallback((next: ListedRollout) => setIndex(String(next.index)), [setIndex]),
    beside: arrangement === "beside",
    setBeside: useCallback(
      (beside: boolean) => setArrangement(beside ? "beside" : "list"),
      [setArrangement],
    ),
  };
}
