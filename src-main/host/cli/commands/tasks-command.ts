/** `tasks`: what makes problems for recipes, benchmarks and worked examples. */
import type { Command } from "commander";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import { dataFolder } from "#main/platform/paths.ts";
import { findPlugins } from "#main/services/plugins/find-plugins.ts";
import { table } from "../printing/terminal.ts";

export function addTasksCommands(program: Command): void {
  const tasks = program
    .command("tasks")
    .description("tasks: generators of problems with a rule that judges answers");
  withCommonOptions(tasks.command("list"))
    .description("the built-in tasks and those of one's own, with the difficulties they have")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const listed = await client.recipes.tasks();
        context.terminal.result(
          listed,
          table(
            ["task", "what it asks", "difficulties"],
            listed.map(({ name, title, difficulties, difficultyUnit }) => [
              name,
              title,
              difficulties.length === 0 ? "" : `${difficulties.join(", ")} ${difficultyUnit}`,
            ]),
            [],
          ),
        );
      });
      for (const found of findPlugins(context.workspace ?? dataFolder()))
        if ("refusal" in found) context.terminal.note(found.refusal);
    });
}
