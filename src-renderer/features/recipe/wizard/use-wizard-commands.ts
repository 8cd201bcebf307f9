/** The commands of the recipe wizard. */
import { useMemo } from "react";
import type { RecipeFinding } from "#shared/schema/recipe-draft.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import type { WizardWay } from "./use-wizard-way.ts";
import { screenCommands } from "#renderer/ui/screen-commands.ts";

export interface WizardActs {
  readonly undo: () => void;
  readonly redo: () => void;
  readonly editText: () => void;
  readonly openExport: () => void;
}

/** @param acts must be stable between renders (useMemo). */
export function useWizardCommands(
  way: WizardWay,
  problems: readonly RecipeFinding[],
  acts: WizardActs,
): void {
  useCommands(
    useMemo((): readonly Command[] => {
      const { before, next, goTo, goToNextProblem } = way;
      const command = screenCommands("recipe");
      return [
        command(
          "next",
          "Next step",
          "Alt+ArrowRight",
          () => next !== undefined && goTo(next.id),
          next === undefined ? "this is the last" : undefined,
        ),
        command(
          "previous",
          "Previous step",
          "Alt+ArrowLeft",
          () => before !== undefined && goTo(before.id),
          before === undefined ? "this is the first" : undefined,
        ),
        command("problem", "Next problem", "F8", () => goToNextProblem(problems)),
        command("undo", "Undo the last edit of this recipe", "Mod+Z", acts.undo),
        command("redo", "Redo", "Mod+Shift+Z", acts.redo),
        command("text", "Edit the recipe as YAML", "Y", acts.editText),
        {
          id: "recipe.export",
          title: "Export to TRL or verl…",
          group: "This screen",
          run: acts.openExport,
        },
        command("review", "Review and start", "Mod+Enter", () => goTo("review")),
      ];
    }, [way, problems, acts]),
  );
}
