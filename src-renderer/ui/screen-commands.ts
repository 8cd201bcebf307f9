/** How a screen writes its commands: all are of the group "This screen", and their ids begin with the screen's name. */
import type { Command } from "#renderer/navigation/command-registry.ts";

/**
 * @param id within the screen
 * @param keys as in Command
 * @param notNow why it cannot run now
 */
export type WriteCommand = (
  id: string,
  title: string,
  keys: string,
  run: () => void,
  notNow?: string,
) => Command;

export function screenCommands(screen: string): WriteCommand {
  return (id, title, keys, run, notNow) => ({
    id: `${screen}.${id}`,
    title,
    group: "This screen",
    keys,
    notNow,
    run,
  });
}
