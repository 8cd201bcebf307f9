/** Recipe files that the system hands over: by a double click, the command line, the menu or a second start. */
import { resolve } from "node:path";
import type { ShellMessage } from "#shared/schema/shell.ts";

/** The ending that is associated with Gradus, and the plain ones that the dialog offers too. */
export const RECIPE_ENDINGS = ["gradus", "yaml", "yml"] as const;

/** The recipe file among a process's arguments: the last that is no option and has the ending. */
export function recipeArgument(argv: readonly string[], folder: string): string | undefined {
  const found = argv
    .slice(1)
    .findLast((argument) => !argument.startsWith("-") && /\.(gradus|ya?ml)$/i.test(argument));
  return found === undefined ? undefined : resolve(folder, found);
}

/** Asks the window to show the file among its recipes; reading and checking it is the host's service. */
export function recipeMessage(path: string): ShellMessage {
  return { type: "gradus:go", href: `#/recipes?${new URLSearchParams({ file: path }).toString()}` };
}
