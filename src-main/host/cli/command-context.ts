/** What every command gets: its common options, a terminal, and the way to the workspace. */
import { InvalidArgumentError, Option } from "commander";
import type { Command } from "commander";
import { z } from "zod";
import { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import { openHost } from "./open-host.ts";
import type { OpenHost } from "./open-host.ts";
import { Terminal } from "./printing/terminal.ts";

const Common = z.object({ workspace: z.string().optional(), json: z.boolean().optional() });

export interface CommandContext {
  readonly terminal: Terminal;
  readonly workspace: string | undefined;
}

/** Adds the options that every command has. */
export function withCommonOptions(command: Command): Command {
  return command
    .option("--workspace <folder>", "the workspace (default: GRADUS_HOME, else the data folder)")
    .option("--json", "one JSON document on stdout; logs on stderr");
}

/** Which backend the engine runs on. */
export function runtimeOption(): Option {
  return new Option("--runtime <name>", "the engine's backend").choices(RuntimeChoice.options);
}

export function contextOf(command: Command): CommandContext {
  const { workspace, json } = Common.parse(command.optsWithGlobals());
  return { terminal: new Terminal(json === true), workspace };
}

/** Opens the host for the time of `work`. */
export async function withHost<T>(
  context: CommandContext,
  work: (host: OpenHost) => Promise<T>,
): Promise<T> {
  const host = openHost(context.workspace);
  try {
    return await work(host);
  } finally {
    await host.close();
  }
}

/** Reads a whole number option. */
export function wholeNumber(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
  };
}

/** Reads a number option within bounds. */
export function numberBetween(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text);
    if (text.trim() !== "" && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be between ${least} and ${most}.`);
  };
}
