/** The keys of the playground. */
import { useMemo } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import type { Playground } from "./playground-value.ts";

export function usePlaygroundCommands({ asked, control, writing, reading }: Playground): void {
  const { mode, toggleCompare } = asked;
  const single = asked.ids.length === 1;
  const { busy, regenerate, stop } = control;
  const { submit, startAnew } = writing;
  const { shaded, folded, toggleShaded, toggleFolded } = reading;
  useCommands(
    useMemo(() => {
      const command = (
        id: string,
        keys: string,
        title: string,
        run: () => void,
        notNow?: string,
      ): Command => ({ id: `playground.${id}`, title, group: "This screen", keys, notNow, run });
      const whileBusy = busy ? "An answer is being written" : undefined;
      const whileIdle = busy ? undefined : "Nothing is being written";
      const sendTitle = mode === "chat" ? "Send the message" : "Go on with the text";
      const compareTitle = single ? "Compare with a second model" : "One model only";
      const shadeTitle = shaded ? "Hide log-probabilities" : "Shade tokens by log-probability";
      const foldTitle = folded ? "Show the reasoning" : "Fold the reasoning";
      return [
        command("send", "Mod+Enter", sendTitle, submit, whileBusy),
        command("stop", "Escape", "Stop writing", stop, whileIdle),
        command("again", "R", "Answer again, by the next seed", regenerate, whileBusy),
        command("new", "N", "Begin anew", startAnew),
        command("compare", "C", compareTitle, toggleCompare),
        command("shade", "L", shadeTitle, toggleShaded),
        command("fold", "F", foldTitle, toggleFolded),
      ];
    }, [
      busy,
      folded,
      mode,
      regenerate,
      shaded,
      single,
      startAnew,
      stop,
      submit,
      toggleCompare,
      toggleFolded,
      toggleShaded,
    ]),
  );
}
