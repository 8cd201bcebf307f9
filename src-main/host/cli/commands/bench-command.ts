/** `grade` and `bench`: answers graded by mathematics; benchmarks imported, run and compared. */
import { counted } from "#shared/counted.ts";
import { existsSync, readFileSync } from "node:fs";
import { basename, extname, resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import { textOfFile } from "#shared/text-encoding.ts";
import { gradeAnswers } from "#main/core/evaluation/grade-answers.ts";
import {
  contextOf,
  numberBetween,
  runtimeOption,
  wholeNumber,
  withCommonOptions,
  withHost,
} from "../command-context.ts";
import { compareAndPrint } from "../printing/compare-and-print.ts";
import { watchAndPrint } from "./demo-command.ts";
import { scoreText } from "../printing/score-text.ts";
import { resolveModel } from "../options/resolve-model.ts";
import type { Client } from "../open-host.ts";
import { Failed, table } from "../printing/terminal.ts";

const ImportOptions = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  instruction: z.string().default(""),
  licence: z.string().default(""),
  source: z.string().default(""),
  skipBad: z.boolean().default(false),
});
const RunOptions = z.object({
  model: z.string(),
  problems: z.int().optional(),
  samples: z.int(),
  temperature: z.number(),
  topP: z.number(),
  topK: z.int(),
  maxTokens: z.int(),
  scoring: z.enum(["strict", "lenient"]),
  difficulties: z.string().optional(),
  seed: z.int(),
  runtime: RuntimeChoice.optional(),
  out: z.string().optional(),
});
const CompareOptions = z.object({
  baseline: z.string().optional(),
  published: z.array(z.string()).default([]),
  out: z.string().optional(),
});

export function addBenchCommands(program: Command): void {
  withCommonOptions(program.command("grade"))
    .description("grade answers by mathematical equivalence: JSONL of {id, gold, answer}")
    .requiredOption("--cases <file>", "what to grade")
    .requiredOption("--out <file>", "where {id, correct} goes, a line each")
    .action((_options: unknown, command: Command) => {
      const { cases, out } = z.object({ cases: z.string(), out: z.string() }).parse(command.opts());
      const graded = gradeAnswers(existing(cases), resolve(out));
      const seconds = (graded.durationMs / 1000).toFixed(2);
      contextOf(command).terminal.result(
        { out: resolve(out), ...graded },
        `Graded ${graded.count} answers in ${seconds} s: ${graded.correct} right. Written to ${resolve(out)}.`,
      );
    });

  const bench = program.command("bench").description("benchmarks: import, run, compare");
  addImport(bench);
  addRun(bench);
  addCompare(bench);
  withCommonOptions(bench.command("list"))
    .description("imported benchmarks, tasks, and what was run")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const listed = await client.benchmarks.list();
        context.terminal.result(listed, listText(listed));
      });
    });
}

function addImport(bench: Command): void {
  withCommonOptions(bench.command("import"))
    .description('a JSONL file of {"problem", "answer"}')
    .argument("<file>")
    .option("--id <id>", "by default the file's name")
    .option("--name <name>", "as people call it")
    .option("--instruction <text>", "added under each problem")
    .option("--licence <text>", "what may be done with it")
    .option("--source <text>", "where it comes from")
    .option("--skip-bad", "import the good lines where some are bad")
    .action(async (file: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { id, name, ...rest } = ImportOptions.parse(command.opts());
      const path = existing(file);
      const stem = basename(path, extname(path));
      await withHost(context, async ({ client }) => {
        const { set, badLines } = await client.benchmarks.import({
          id:
            id ??
            stem
              .toLowerCase()
              .replaceAll(/[^a-z0-9]+/gu, "-")
              .replaceAll(/^-|-$/gu, ""),
          name: name ?? stem,
          text: textOfFile(file, readFileSync(path)),
          ...rest,
        });
        const bad = badLines.map(({ line, reason }) => `line ${line}: ${reason}`);
        if (set === null) {
          context.terminal.note(bad.join("\n"));
          context.terminal.result(
            { set, badLines },
            `Nothing was imported: ${counted(badLines.length, "line")} cannot be used. --skip-bad imports the others.`,
          );
          throw new Failed();
        }
        context.terminal.result(
          { set, badLines },
          [`Imported ${counted(set.problems, "problem")} as ${set.id}.`, ...bad].join("\n"),
        );
      });
    });
}

function addRun(bench: Command): void {
  withCommonOptions(bench.command("run"))
    .description("measure a model: an imported benchmark's id, or a task's name")
    .argument("<benchmark>")
    .requiredOption("--model <model>", "a name, a hub id, a folder or a GGUF file")
    .option("--problems <n>", "at most so many", wholeNumber(1))
    .option("--samples <k>", "completions a problem", wholeNumber(1), 4)
    .option("--temperature <t>", "0 is greedy", numberBetween(0, 100), 1)
    .option("--top-p <p>", "nucleus", numberBetween(1e-9, 1), 1)
    .option("--top-k <k>", "0 turns it off", wholeNumber(0), 0)
    .option("--max-tokens <n>", "tokens of a completion at most", wholeNumber(1), 256)
    .option("--scoring <how>", "strict or lenient", "strict")
    .option("--difficulties <list>", "of a task, e.g. 3,4,5")
    .option("--seed <number>", "equal seeds give equal completions", wholeNumber(0), 0)
    .option("--out <folder>", "write the results there")
    .addOption(runtimeOption())
    .action(async (benchmark: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { difficulties, problems, runtime, out, model, ...rest } = RunOptions.parse(
        command.opts(),
      );
      await withHost(context, async (host) => {
        const { pipelineId } = await host.client.benchmarks.run({
          benchmark,
          model: (await resolveModel(host, context.terminal, model)).name,
          ...rest,
          ...(difficulties === undefined
            ? {}
            : { difficulties: difficulties.split(",").map(Number) }),
          ...(problems === undefined ? {} : { problems }),
          ...(runtime === undefined ? {} : { runtime }),
        });
        await watchAndPrint(host, context, pipelineId, out);
      });
    });
}

function addCompare(bench: Command): void {
  withCommonOptions(bench.command("compare"))
    .description(
      "any number of benchmarks, stages or pipelines side by side, each task against one baseline",
    )
    .argument("<ids...>", "e.g. p3 p7-benchmark")
    .option("--baseline <id>", "the benchmark that the others are compared to")
    .option("--published <ids...>", "scores published elsewhere, e.g. DeepSeek-R1:math500_pass1")
    .option("--out <file>", "a report: .html, .md, .csv or .json")
    .action(async (ids: string[], _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { baseline, published, out } = CompareOptions.parse(command.opts());
      const request = { ids, published, ...(baseline === undefined ? {} : { baseline }) };
      await withHost(context, async ({ client }) =>
        compareAndPrint(client, context.terminal, request, out),
      );
    });
}

function listText(listed: Awaited<ReturnType<Client["benchmarks"]["list"]>>): string {
  const rows = [
    ...listed.sets.map(({ id, name, problems, licence }) => [
      id,
      "imported",
      name,
      String(problems),
      licence,
    ]),
    ...listed.tasks.map(({ name, title, difficulties }) => [
      name,
      "task",
      title,
      "generated",
      `difficulties ${difficulties.join(", ")}`,
    ]),
  ];
  const runs = listed.protocols.flatMap(({ protocol, runs: own }) =>
    own.map(({ run, label }) => [
      run.id,
      protocol.task,
      label,
      run.status,
      scoreText(run.score),
      `${protocol.problems} · ${protocol.samples}`,
    ]),
  );
  return [
    table(["id", "kind", "name", "problems", ""], rows, [3]),
    ...(runs.length === 0
      ? []
      : ["", table(["run", "benchmark", "model", "status", "pass@1", "n · k"], runs)]),
  ].join("\n");
}

function existing(file: string): string {
  const path = resolve(file);
  if (existsSync(path)) return path;
  throw new AppError("NOT_FOUND", `There is no file ${path}.`, "Check the path.");
}
