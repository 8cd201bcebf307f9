/** `problems export` and `problems verify`: problems into a file, and completions judged from one. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import { versionOf } from "../options/problem-options.ts";
import { DatasetFormat } from "#shared/schema/dataset-format.ts";

export function addProblemsExport(problems: Command): void {
  withCommonOptions(problems.command("export"))
    .description("problems into a file; imported again, it is the same content")
    .argument("<set>", "NAME, or NAME@VERSION")
    .requiredOption("--out <file>", "ends in .jsonl, .json, .csv or .parquet")
    .option("--where <filter>", "only these, e.g. split:test")
    .option("--overwrite", "replace a file that is there")
    .action(async (text: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { out, ...options } = z
        .object({
          out: z.string(),
          where: z.string().optional(),
          overwrite: z.boolean().default(false),
        })
        .parse(command.opts());
      await withHost(context, async ({ client }) => {
        const written = await client.problems.export({
          ...versionOf(text),
          ...options,
          path: resolve(out),
          format: formatOfName(out),
        });
        context.terminal.result(
          written,
          `${written.problems.toLocaleString("en-US")} problems in ${written.path}.`,
        );
      });
    });

  withCommonOptions(problems.command("verify"))
    .description('judge completions, JSONL of {"id", "completion"}, by their problems\' verifiers')
    .argument("<set>", "NAME, or NAME@VERSION")
    .requiredOption("--completions <file>", "what to judge")
    .requiredOption("--out <file>", "where {id, correct, score, detail} goes, a line each")
    .action(async (text: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { completions, out } = z
        .object({ completions: z.string(), out: z.string() })
        .parse(command.opts());
      await withHost(context, async ({ client }) => {
        const judged = await client.problems.verify({
          ...versionOf(text),
          completions: resolve(completions),
          out: resolve(out),
        });
        const seconds = (judged.durationMs / 1000).toFixed(2);
        context.terminal.result(
          judged,
          `Judged ${judged.count} completions in ${seconds} s: ${judged.correct} right. Written to ${judged.out}.`,
        );
      });
    });
}

function formatOfName(file: string): DatasetFormat {
  const parsed = DatasetFormat.safeParse(/\.([a-z]+)$/iu.exec(file)?.[1]?.toLowerCase());
  if (parsed.success) return parsed.data;
  throw new AppError(
    "BAD_INPUT",
    `The name of ${file} does not say its format.`,
    "End it in .jsonl, .json, .csv or .parquet.",
  );
}
