/** `problems import`: a file as the next version of a problem set. */
import { basename, extname, resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { z } from "zod";
import { counted } from "#shared/counted.ts";
import { AppError } from "#shared/errors.ts";
import type { BadLine } from "#shared/schema/benchmark.ts";
import { ProblemMapping, ProblemMappingParts } from "#shared/schema/problem-import.ts";
import type { ProblemImportOutcome } from "#shared/schema/problem-import.ts";
import { VerifierName } from "#shared/schema/problem.ts";
import { contextOf, numberBetween, withCommonOptions, withHost } from "../command-context.ts";
import type { Client } from "../open-host.ts";
import { setName } from "../options/problem-options.ts";
import { Failed } from "../printing/terminal.ts";
import type { Terminal } from "../printing/terminal.ts";
import { DatasetFormat } from "#shared/schema/dataset-format.ts";

const Options = z.object({
  into: z.string().optional(),
  map: z.array(z.string()).default([]),
  format: DatasetFormat.optional(),
  verifier: VerifierName.optional(),
  testShare: z.number().optional(),
  splitColumn: z.string().optional(),
  skipBad: z.boolean().default(false),
  instruction: z.string().optional(),
  licence: z.string().optional(),
  source: z.string().optional(),
});

/** Lines of each kind that a person is shown. */
const SHOWN = 20;

export function addProblemsImport(problems: Command): void {
  withCommonOptions(problems.command("import"))
    .description(
      "problems out of a JSONL, JSON, CSV or Parquet file: GSM8K, MATH, AIME, verl, MMLU, ARC, GPQA, human-eval, MBPP, KodCode, reasoning-gym, or by --map",
    )
    .argument("<file>")
    .option("--into <name>", "the set, which gets its next version (default: the file's name)")
    .option("--map <part=column...>", "e.g. prompt=frage answer=antwort tags=thema,klasse")
    .addOption(
      new Option("--format <name>", "where the name does not say it").choices(
        DatasetFormat.options,
      ),
    )
    .addOption(new Option("--verifier <name>", "what judges answers").choices(VerifierName.options))
    .addOption(
      new Option("--test-share <share>", "held out by a hash of the problem, e.g. 0.1")
        .argParser(numberBetween(0, 1))
        .conflicts("splitColumn"),
    )
    .option("--split-column <column>", "holds train, test, validation …")
    .option("--skip-bad", "import the good lines where some are bad")
    .option("--instruction <text>", "added under each problem, e.g. how to give the answer")
    .option("--licence <text>", "what may be done with it")
    .option("--source <text>", "where it comes from")
    .action(async (file: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { into, map, splitColumn, ...options } = Options.parse(command.opts());
      const set = setName(into ?? nameOf(file));
      const mapping = mappingOf(map);
      await withHost(context, async ({ client }) => {
        const outcome = await client.problems.import({
          ...options,
          file: { path: resolve(file) },
          into: set,
          mapping: splitColumn === undefined ? mapping : { ...mapping, split: splitColumn },
        });
        await printOutcome(client, context.terminal, outcome);
      });
    });
}

/** The file's name as a set's. */
function nameOf(file: string): string {
  return basename(file, extname(file))
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/gu, "-")
    .replaceAll(/^[^a-z0-9]+|-+$/gu, "")
    .slice(0, 64);
}

const LISTS = ["context", "choices", "incorrect", "tags"] as const;

/** `prompt=question tags=topic,level`. Throws BAD_INPUT. */
function mappingOf(pairs: readonly string[]): ProblemMappingParts {
  const named = Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      const [part, column] = [pair.slice(0, Math.max(0, at)), pair.slice(at + 1)];
      const isList = LISTS.some((name) => name === part);
      if (isList) return [part, column.split(",").filter((one) => one !== "")];
      return [part, column === "" ? null : column];
    }),
  );
  const parsed = ProblemMappingParts.safeParse(named);
  if (parsed.success) return parsed.data;
  throw new AppError(
    "BAD_INPUT",
    `--map ${pairs.join(" ")}: ${z.prettifyError(parsed.error)}`,
    `Write PART=COLUMN; parts are ${ProblemMapping.keyof().options.join(", ")}.`,
  );
}

async function printOutcome(
  client: Client,
  terminal: Terminal,
  outcome: ProblemImportOutcome,
): Promise<void> {
  const { set, version, problems, splits, bad, duplicates, goldRejected } = outcome;
  const json = { set, version, problems, splits, bad, duplicates, goldRejected };
  note(terminal, `${counted(outcome.badLines, "line")} cannot be used`, outcome.badLines, bad);
  if (version === null) {
    terminal.result(
      json,
      `Nothing was imported: ${counted(outcome.badLines, "line")} cannot be used. --skip-bad imports the others.`,
    );
    throw new Failed();
  }
  note(
    terminal,
    `${are(outcome.goldsRejected, "gold answer")} not understood; what is trained on such teaches nothing (--verifier names another verifier)`,
    outcome.goldsRejected,
    goldRejected,
  );
  note(
    terminal,
    `${are(outcome.goldsContradicted, "problem")} asked twice with different answers; both are in the set`,
    outcome.goldsContradicted,
    outcome.contradicted,
  );
  if (outcome.withoutGold > 0)
    terminal.note(
      `${outcome.withoutGold} of ${problems} problems have no right answer, so that no verifier can judge them. Where a column holds it, say which: --map answer=COLUMN.`,
    );
  if (outcome.nearDuplicates > 0)
    terminal.note(
      `${counted(outcome.nearDuplicates, "problem")} nearly ${outcome.nearDuplicates === 1 ? "repeats" : "repeat"} an earlier one.`,
    );
  if (!outcome.unchanged) await noteOverlap(client, terminal, set);
  const left =
    duplicates === 0
      ? ""
      : ` ${counted(duplicates, "exact repeat")} ${duplicates === 1 ? "was" : "were"} left out.`;
  terminal.result(
    json,
    outcome.unchanged
      ? `${set}@${version} has these very ${counted(problems, "problem")} already: nothing was imported.${left}`
      : `${counted(problems, "problem")} as ${set}@${version}: ${splits.train} to train on, ${splits.test} held out.${left}`,
  );
}

/** "1 problem is", "2 problems are". */
function are(count: number, what: string): string {
  return `${counted(count, what)} ${count === 1 ? "is" : "are"}`;
}

function note(terminal: Terminal, what: string, count: number, lines: readonly BadLine[]): void {
  if (count === 0) return;
  const shown = lines.slice(0, SHOWN).map(({ line, reason }) => `  line ${line}: ${reason}`);
  const more = count > shown.length ? [`  … ${count - shown.length} more`] : [];
  terminal.note([`${what}:`, ...shown, ...more].join("\n"));
}

async function noteOverlap(client: Client, terminal: Terminal, set: string): Promise<void> {
  const { sets, heldOut } = await client.problems.overlap({ set: setName(set) });
  for (const { set: other, same, near } of sets)
    terminal.note(`${are(same, "problem")} both in ${other} and in ${set}, and ${near} nearly.`);
  if (heldOut.problems > 0)
    terminal.note(`${are(heldOut.problems, "problem")} held out by a task's own test split.`);
}
