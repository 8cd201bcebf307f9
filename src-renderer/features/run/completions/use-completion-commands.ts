/** Keys of a step's completions: the next one, the next prompt, which are shown and how. */
import { useMemo } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Verdict } from "./rollout-groups.ts";
import type { CompletionChoice } from "./use-completion-choice.ts";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

const VERDICTS: readonly Verdict[] = ["all", "right", "wrong"];

export function useCompletionCommands(choice: CompletionChoice): void {
  const { groups, group, setGroup, shown, chosen, choose } = choice;
  const { verdict, setVerdict, beside, setBeside } = choice;
  useCommands(
    useMemo(() => {
      const turn = (by: number): void => {
        const next = groups[groups.findIndex((one) => one === group) + by];
        if (next !== undefined) setGroup(next);
      };
      const move = (by: number): void => {
        const next = shown[shown.findIndex((one) => one === chosen) + by];
        if (next !== undefined) choose(next);
      };
      const command = screenCommands("run");
      return [
        command("completion-next", "Next completion", "J", () => move(1)),
        command("completion-previous", "Previous completion", "K", () => move(-1)),
        command("group-next", "Next prompt", "]", () => turn(1)),
        command("group-previous", "Previous prompt", "[", () => turn(-1)),
        command("group-view", "A prompt's completions side by side, or as a list", "B", () =>
          setBeside(!beside),
        ),
        command("completion-filter", "Show all, right or wrong completions", "F", () =>
          setVerdict(VERDICTS[(VERDICTS.indexOf(verdict) + 1) % VERDICTS.length] ?? "all"),
        ),
      ];
    }, [groups, group, setGroup, shown, chosen, choose, verdict, setVerdict, beside, setBeside]),
  );
}
