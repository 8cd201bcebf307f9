/** `problems`: problem sets of one's own, in and out, and completions judged by their verifiers. */
import { counted } from "#shared/counted.ts";
import type { Command } from "commander";
import { z } from "zod";
import type { ListedProblem, ProblemSetSummary } from "#shared/schema/problem-set.ts";
import { contextOf, wholeNumber, withCommonOptions, withHost } from "../command-context.ts";
import type { Client } from "../open-host.ts";
import { table } from "../printing/terminal.ts";
import { addProblemsExport } from "./problems-export.ts";
import { addProblemsMeasure } from "./problems-measure.ts";
import { addProblemsImport } from "./problems-import.ts";
import { versionOf } from "../options/problem-options.ts";

export function addProblemsCommands(program: Command): void {
  const problems = program
    .command("problems")
    .description("problem sets: questions, answers and verifiers of one's own");
  addProblemsImport(problems);
  addList(problems);
  addShow(problems);
  addProblemsExport(problems);
  addProblemsMeasure(problems);
  addDelete(problems);
}

function addList(problems: Command): void {
  withCommonOptions(problems.command("list"))
    .description("every set with its newest version")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const sets = await client.problems.list();
        context.terminal.result(sets, listText(sets));
      });
    });
}

function addShow(problems: Command): void {
  withCommonOptions(problems.command("show"))
    .description("what is known about a set, and its first problems; or one problem")
    .argument("<set>", "NAME, or NAME@VERSION")
    .option("--problem <id>", "one problem, whole")
    .option("--where <filter>", 'e.g. "tag:algebra difficulty:3..5 pass_rate:0.1..0.9"')
    .option("--model <model>", "whose pass rates count; by default the model measured last")
    .option("--limit <n>", "problems that are listed", wholeNumber(1), 20)
    .action(async (text: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const options = z
        .object({
          problem: z.string().optional(),
          where: z.string().optional(),
          model: z.string().optional(),
          limit: z.int(),
        })
        .parse(command.opts());
      await withHost(context, async ({ client }) => {
        const of = versionOf(text);
        const { problem: id, ...page } = options;
        if (id !== undefined) {
          const problem = await client.problems.problem({ ...of, id });
          context.terminal.result(problem, JSON.stringify(problem, undefined, 2));
          return;
        }
        const facts = await client.problems.get(of);
        const listed = await client.problems.page({ ...of, ...page });
        context.terminal.result({ ...facts, ...listed }, showText(facts, listed));
      });
    });
}

function addDelete(problems: Command): void {
  withCommonOptions(problems.command("delete"))
    .description("a set with all its versions; refused while a run asks its problems")
    .argument("<set>")
    .action(async (set: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        await client.problems.delete({ set });
        context.terminal.result({ deleted: set }, `Deleted ${set}.`);
      });
    });
}

function listText(sets: readonly ProblemSetSummary[]): string {
  if (sets.length === 0)
    return "There is no problem set yet. `gradus problems import FILE` makes one.";
  return table(
    ["set", "version", "problems", "train", "test", "verifiers", "licence"],
    sets.map(({ name, latest: { version, statistics, licence } }) => [
      name,
      String(version),
      String(statistics.problems),
      String(statistics.splits.train),
      String(statistics.splits.test),
      Object.keys(statistics.verifiers).join(", "),
      licence,
    ]),
    [1, 2, 3, 4],
  );
}

function showText(
  { set, version, tags, models }: Awaited<ReturnType<Client["problems"]["get"]>>,
  { total, problems }: { total: number; problems: readonly ListedProblem[] },
): string {
  const { statistics } = version;
  const verifiers = Object.entries(statistics.verifiers).map(([name, n]) => `${name} ${n}`);
  const known = (label: string, value: string): string[] =>
    value === "" ? [] : [`${label}: ${value}`];
  return [
    `${set.name}@${version.version} of ${set.versions}: ${counted(statistics.problems, "problem")}, ${statistics.splits.train} to train on, ${statistics.splits.test} held out`,
    `verifiers: ${verifiers.join(", ")}; ${statistics.withoutGold} without a gold answer, ${statistics.goldRejected ?? 0} golds not understood, ${statistics.nearDuplicates ?? 0} near duplicates`,
    ...known("licence", version.licence),
    ...known("source", version.source),
    ...known("instruction", version.instruction),
    ...known(
      "tags",
      tags
        .slice(0, 20)
        .map(({ tag, problems: n }) => `${tag} ${n}`)
        .join(", "),
    ),
    ...known(
      "measured",
      models.map(({ name, correct, samples }) => `${name} ${correct} of ${samples}`).join(", "),
    ),
    `content: ${version.contentSha256}`,
    "",
    table(
      ["id", "split", "difficulty", "gold", "pass rate", "prompt"],
      problems.map(({ id, split, difficulty, gold, passRate, prompt }) => [
        oneLine(id, 20),
        split,
        difficulty === null ? "" : String(difficulty),
        oneLine(gold ?? "", 20),
        passRate === null ? "" : `${passRate.correct}/${passRate.samples}`,
        oneLine(prompt, 60),
      ]),
      [2],
    ),
    ...(total > problems.length ? [`… ${total - problems.length} more`] : []),
  ].join("\n");
}

function oneLine(text: string, most: number): string {
  const line = text.replaceAll(/\s+/gu, " ").replaceAll(/[\p{Cc}\p{Cf}]/gu, "�");
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}
