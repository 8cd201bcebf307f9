/** The keys of the playground. */
import { useMemo } from "react";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Playground } from "./playground-value.ts";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

export function usePlaygroundCommands({ asked, control, writing, reading }: Playground): void {
  const { mode, toggleCompare } = asked;
  const single = asked.ids.length === 1;
  const { busy, regenerate, stop } = control;
  const { submit, startAnew } = writing;
  const { shaded, folded, toggleShaded, toggleFolded } = reading;
  useCommands(
    useMemo(() => {
      const command = screenCommands("playground");
      const whileBusy = busy ? "An answer is being written" : undefined;
      const whileIdle = busy ? undefined : "Nothing is being written";
      const sendTitle = mode === "chat" ? "Send the message" : "Go on with the text";
      const compareTitle = single ? "Compare with a second model" : "One model only";
      const shadeTitle = shaded ? "Hide log-probabilities" : "Shade tokens by log-probability";
      const foldTitle = folded ? "Show the reasoning" : "Fold the reasoning";
      return [
        command("send", sendTitle, "Mod+Enter", submit, whileBusy),
        command("stop", "Stop writing", "Escape", stop, whileIdle),
        command("again", "Answer again, by the next seed", "R", regenerate, whileBusy),
        command("new", "Begin anew", "N", startAnew),
        command("compare", compareTitle, "C", toggleCompare),
        command("shade", shadeTitle, "L", toggleShaded),
        command("fold", foldTitle, "F", toggleFolded),
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
