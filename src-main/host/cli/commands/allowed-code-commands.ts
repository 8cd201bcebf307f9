/** `rewards allow`, `allowed`, `forbid`: which files may run in a Python of the user's own, outside of the sandbox. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { textSha256 } from "#main/services/recipes/reward-files.ts";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import { table } from "../printing/terminal.ts";

const HASH_SHOWN = 12;

export function addAllowed(rewards: Command): void {
  withCommonOptions(rewards.command("allow"))
    .description("let a Python file run in an interpreter of your own, outside of the sandbox")
    .argument("<file>", "the file, as it is now: a change of it asks again")
    .requiredOption(
      "--python <python>",
      "the interpreter, as the recipe names it: a command, or an environment's python",
    )
    .option("--yes", "do not ask")
    .action(async (file: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { python, yes } = z
        .object({ python: z.string(), yes: z.boolean().optional() })
        .parse(command.opts());
      const path = resolve(file);
      const text = textOf(path);
      const sha256 = textSha256(text);
      if (yes !== true) await ask(path, text, python);
      await withHost(context, async ({ client }) => {
        const { allowedCode } = await client.settings.get();
        const others = allowedCode.filter((one) => one.sha256 !== sha256 || one.python !== python);
        const added = { sha256, python, file: path, allowedAtMs: Date.now() };
        await client.settings.set({ allowedCode: [...others, added] });
        context.terminal.result(
          added,
          `${file} may run in ${python}, as long as its text is the same (SHA-256 ${sha256.slice(0, HASH_SHOWN)}…).`,
        );
      });
    });

  withCommonOptions(rewards.command("allowed"))
    .description("the files that may run outside of the sandbox")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const { allowedCode } = await client.settings.get();
        context.terminal.result(
          allowedCode,
          allowedCode.length === 0
            ? "None: every file runs in the sandbox."
            : table(
                ["SHA-256", "Python", "file"],
                allowedCode.map(({ sha256, python, file }) => [
                  sha256.slice(0, HASH_SHOWN),
                  python,
                  file,
                ]),
                [],
              ),
        );
      });
    });

  withCommonOptions(rewards.command("forbid"))
    .description("take back what `rewards allow` gave")
    .argument("<hash>", "the SHA-256 of the text, or its beginning")
    .action(async (hash: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const { allowedCode } = await client.settings.get();
        const left = allowedCode.filter(({ sha256 }) => !sha256.startsWith(hash));
        const removed = allowedCode.length - left.length;
        if (removed === 0 || hash.length < HASH_SHOWN)
          throw new AppError(
            "NOT_FOUND",
            `No allowed file's hash begins with "${hash}".`,
            `\`gradus rewards allowed\` lists them; give ${HASH_SHOWN} digits or more.`,
          );
        await client.settings.set({ allowedCode: left });
        context.terminal.result({ removed }, `Taken back: ${removed}.`);
      });
    });
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new AppError("NOT_FOUND", `There is no file ${path}.`, "Name a reward's Python file.", {
      cause: error,
    });
  }
}

async function ask(path: string, text: string, python: string): Promise<void> {
  if (!process.stdin.isTTY)
    throw new AppError(
      "BAD_INPUT",
      `${path} would run in ${python} with what you may do: read your files, use the network.`,
      "Read it, then say --yes.",
    );
  process.stderr.write(`${text}\n`);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await lines.question(
    `This file would run in ${python}, outside of the sandbox, with what you may do. Allow it? [y/N] `,
  );
  lines.close();
  if (!/^y(?:es)?$/iu.test(answer.trim()))
    throw new AppError("BAD_INPUT", "Nothing was allowed.", "Answer y to allow it.");
}
