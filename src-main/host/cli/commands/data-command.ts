/** `data`: datasets in and out, what is known about their records, cleaning, versions. */
import type { Command } from "commander";
import type { DatasetStatistics, DatasetSummary } from "#shared/schema/dataset.ts";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import { addDataCleaning } from "./data-cleaning.ts";
import { addDataExport } from "./data-export.ts";
import { addDataImport } from "./data-import.ts";
import { addDataGenerate } from "./data-generate.ts";
import { datasetOf, filterOption, withFilter } from "../options/data-options.ts";
import { addDataReview } from "./data-review.ts";
import { addDataVersions } from "./data-versions.ts";
import { table } from "../printing/terminal.ts";

export function addDataCommands(program: Command): void {
  const data = program.command("data").description("datasets: records to learn from");
  addListing(data);
  addDataImport(data);
  addDataExport(data);
  addDataGenerate(data);
  addDataReview(data);
  addDataCleaning(data);
  addDataVersions(data);
}

function addListing(data: Command): void {
  withCommonOptions(data.command("list"))
    .description("every dataset, newest first")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const datasets = await client.datasets.list();
        context.terminal.result(datasets, listText(datasets));
      });
    });

  withFilter(withCommonOptions(data.command("stats")))
    .description("what is known about a dataset's records")
    .argument("<dataset>", "its name or id, e.g. d1")
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const filter = filterOption(command);
      await withHost(context, async ({ client }) => {
        const { id } = await datasetOf(client, name);
        const statistics = await client.datasets.statistics({ datasetId: id, filter });
        context.terminal.result({ datasetId: id, ...statistics }, statisticsText(statistics));
      });
    });

  withCommonOptions(data.command("undo"))
    .description("take back the last edit of a dataset, whoever made it")
    .argument("<dataset>", "its name or id")
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const { id } = await datasetOf(client, name);
        const edit = await client.edits.undo({ scope: `dataset:${id}` });
        context.terminal.result(edit, `Undone: ${edit.label}.`);
      });
    });
}

function listText(datasets: readonly DatasetSummary[]): string {
  if (datasets.length === 0) return "There is no dataset yet. `gradus data import FILE` makes one.";
  return table(
    ["id", "name", "records", "pending", "accepted", "rejected", "flagged", "version"],
    datasets.map(({ id, name, records, status, latestVersion }) => [
      id,
      name,
      ...[records, status.pending, status.accepted, status.rejected, status.flagged].map(String),
      latestVersion === null ? "" : `${id}@${latestVersion}`,
    ]),
    [2, 3, 4, 5, 6],
  );
}

function statisticsText(statistics: DatasetStatistics): string {
  const { records, status, verdict } = statistics;
  const spread = (
    name: "readability" | "language" | "repetition" | "words",
    digits: number,
  ): string[] => {
    const found = statistics[name];
    return found === null
      ? [name, "", "", "", "", ""]
      : [
          name,
          ...[found.min, found.p10, found.median, found.p90, found.max].map((value) =>
            value.toFixed(digits),
          ),
        ];
  };
  const faults = Object.entries(statistics.formatProblems).map(
    ([name, count]) => `${name} ${count}`,
  );
  const contamination = Object.entries(statistics.contamination).map(
    ([name, count]) => `${name} ${count}`,
  );
  return [
    `${records} records: ${status.pending} pending, ${status.accepted} accepted, ${status.rejected} rejected, ${status.flagged} flagged; ${statistics.edited} edited`,
    `answers: ${verdict.correct} correct, ${verdict.wrong} wrong, ${verdict.none} without a verdict`,
    `duplicates: ${statistics.exactDuplicates} exact, ${statistics.nearDuplicates} near`,
    `format: ${faults.length === 0 ? "no faults" : faults.join(", ")}`,
    `contamination: ${contamination.length === 0 ? "none found" : contamination.join(", ")}`,
    "",
    table(
      ["measure", "min", "p10", "median", "p90", "max"],
      [
        spread("readability", 1),
        spread("language", 2),
        spread("repetition", 2),
        spread("words", 0),
      ],
      [1, 2, 3, 4, 5],
    ),
  ].join("\n");
}
