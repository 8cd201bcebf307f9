/** `python`: the workspace's own Python, in which reasoning-gym runs. */
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import type { GymState } from "#shared/schema/gym.ts";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import { askYes } from "../printing/ask-yes.ts";
import { Cancelled } from "../printing/terminal.ts";

const InstallOptions = z.object({ yes: z.boolean(), again: z.boolean() });

export function addPythonCommands(program: Command): void {
  const python = program
    .command("python")
    .description("the workspace's own Python, for the tasks of reasoning-gym");
  withCommonOptions(python.command("status"))
    .description("whether reasoning-gym is installed")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const state = await client.gym.state();
        context.terminal.result(state, stateText(state));
      });
    });
  withCommonOptions(python.command("install"))
    .description("makes an environment in the workspace and installs reasoning-gym by pip")
    .option("--yes", "without asking first", false)
    .option("--again", "also where it is there", false)
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      const { yes, again } = InstallOptions.parse(command.opts());
      const { terminal } = context;
      await withHost(context, async ({ client }) => {
        const state = await client.gym.state();
        if (state.installed !== null && !again) {
          terminal.result(state, stateText(state));
          return;
        }
        const question = `pip will install reasoning-gym and what it needs (about 280 MB) into ${state.folder}. Go on?`;
        if (!yes && !(await askYes(question)))
          throw new AppError("BAD_INPUT", "Nothing was installed.", "Say --yes to go on.");
        let last = "";
        const abort = new AbortController();
        const onInterrupt = (): void => abort.abort(new Cancelled());
        process.on("SIGINT", onInterrupt);
        process.on("SIGTERM", onInterrupt);
        try {
          const events = await client.gym.install(undefined, { signal: abort.signal });
          for await (const event of events) {
            abort.signal.throwIfAborted();
            if (event.type === "failed")
              throw new AppError("DOWNLOAD_FAILED", event.message, event.advice ?? undefined);
            if (event.type === "done") terminal.result(event.state, stateText(event.state));
            else if (event.phase !== last) {
              last = event.phase;
              terminal.note(`${Math.round(100 * event.share)}% ${event.phase}`);
            }
          }
          abort.signal.throwIfAborted();
        } finally {
          process.off("SIGINT", onInterrupt);
          process.off("SIGTERM", onInterrupt);
        }
      });
    });
}

function stateText({ installed, folder }: GymState): string {
  return installed === null
    ? "reasoning-gym is not installed: gradus python install."
    : `reasoning-gym ${installed.version} with Python ${installed.python}: ${installed.datasets} tasks, in ${folder}.`;
}
