#!/usr/bin/env node
/** The command line: `gradus COMMAND`. Exit codes: 0 done, 1 failed, 2 wrong usage, 130 cancelled. */
import { Command, CommanderError } from "commander";
import { appVersion } from "#main/platform/machine.ts";
import { addBenchCommands } from "./commands/bench-command.ts";
import { addCompletionCommand } from "./commands/completion-command.ts";
import { addDataCommands } from "./commands/data-command.ts";
import { addCostCommands } from "./commands/cost-command.ts";
import { addDemoCommands } from "./commands/demo-command.ts";
import { addEndpointsCommands } from "./commands/endpoints-command.ts";
import { addModelCommands } from "./commands/model-command.ts";
import { addPluginsCommands } from "./commands/plugins-command.ts";
import { addTasksCommands } from "./commands/tasks-command.ts";
import { addPythonCommands } from "./commands/python-command.ts";
import { addProblemsCommands } from "./commands/problems-command.ts";
import { addRecipesCommands } from "./commands/recipes-command.ts";
import { addRewardsCommands } from "./commands/rewards-command.ts";
import { addRunsCommands } from "./commands/runs-command.ts";
import { addServeCommands } from "./commands/serve-command.ts";
import { EXIT, reportFailure } from "./printing/terminal.ts";

function buildProgram(): Command {
  const program = new Command("gradus")
    .description("a desktop laboratory for reasoning models")
    .version(appVersion())
    .showHelpAfterError("(--help says more)");
  addServeCommands(program);
  addDemoCommands(program);
  addRecipesCommands(program);
  addRewardsCommands(program);
  addRunsCommands(program);
  addDataCommands(program);
  addProblemsCommands(program);
  addTasksCommands(program);
  addPluginsCommands(program);
  addPythonCommands(program);
  addEndpointsCommands(program);
  addModelCommands(program);
  addBenchCommands(program);
  addCostCommands(program);
  addCompletionCommand(program);
  throwInsteadOfExit(program);
  return program;
}

/** Commander would end the process itself, with code 1 for wrong usage too. */
function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}

async function main(args: readonly string[]): Promise<number> {
  try {
    await buildProgram().parseAsync([...args], { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return reportFailure(error, args.includes("--json"));
  }
}

process.exitCode = await main(process.argv.slice(2));
