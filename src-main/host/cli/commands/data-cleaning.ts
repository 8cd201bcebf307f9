/** `data verify`, `data dedupe`, `data decontaminate`: what is found, and rejecting it. */
import { Option } from "commander";
import type { Command } from "commander";
import { z } from "zod";
import type { RecordTarget } from "#shared/contract/dataset-records.ts";
import type { DatasetSummary } from "#shared/schema/dataset.ts";
import type { RecordFilter } from "#shared/schema/record-filter.ts";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import { datasetOf, filterOption, withFilter } from "../options/data-options.ts";
import { followJob } from "../dataset-job.ts";
import type { Client } from "../open-host.ts";
import type { Terminal } from "../printing/terminal.ts";

export function addDataCleaning(data: Command): void {
  withFilter(withCommonOptions(data.command("verify")))
    .description("measure every record again and count right and wrong answers")
    .argument("<dataset>", "its name or id")
    .option("--reject-wrong", "set the wrong ones to rejected")
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const filter = filterOption(command);
      const { rejectWrong } = z
        .object({ rejectWrong: z.boolean().default(false) })
        .parse(command.opts());
      await withHost(context, async ({ client }) => {
        const { id } = await refreshed(client, name, context.terminal);
        const wrong: RecordFilter = [...filter, { field: "verdict", values: ["wrong"] }];
        const rejected = rejectWrong ? await reject(client, id, wrong) : 0;
        const { verdict } = await client.datasets.statistics({ datasetId: id, filter });
        context.terminal.result(
          { datasetId: id, ...verdict, rejected },
          `${verdict.correct} correct, ${verdict.wrong} wrong, ${verdict.none} without a verdict.${rejectWrong ? ` ${rejected} rejected.` : ""}`,
        );
      });
    });

  withFilter(withCommonOptions(data.command("dedupe")))
    .description("keep one record of each group of duplicates, reject the others")
    .argument("<dataset>", "its name or id")
    .option("--exact", "only texts with the same words; by default also near duplicates")
    .addOption(
      new Option("--keep <which>", "which one stays")
        .choices(["first", "most-readable", "shortest"])
        .default("first"),
    )
    .option("--dry-run", "only say what would be rejected")
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const filter = filterOption(command);
      const options = z
        .object({
          exact: z.boolean().default(false),
          keep: z.enum(["first", "most-readable", "shortest"]),
          dryRun: z.boolean().default(false),
        })
        .parse(command.opts());
      await withHost(context, async ({ client }) => {
        const { id } = await datasetOf(client, name);
        const target: RecordTarget = {
          filter: [...filter, { field: "status", values: ["rejected"], not: true }],
        };
        const counts = { exact: 0, near: 0 };
        for (const duplicates of options.exact
          ? (["exact"] as const)
          : (["exact", "near"] as const)) {
          const action = {
            type: "deduplicate",
            duplicates,
            keep: options.keep,
            status: "rejected",
          } as const;
          const bulk = { datasetId: id, target, action };
          counts[duplicates] = options.dryRun
            ? (await client.datasets.records.previewBulk({ ...bulk, samples: 0 })).changing
            : (await client.datasets.records.applyBulk(bulk)).changed;
        }
        // Equal texts are near duplicates too: what the first step would have rejected is no longer there.
        if (options.dryRun && !options.exact) counts.near -= counts.exact;
        const verb = options.dryRun ? "would be rejected" : "rejected";
        context.terminal.result(
          { datasetId: id, ...counts, dryRun: options.dryRun },
          `${counts.exact} exact and ${counts.near} near duplicates ${verb}.`,
        );
      });
    });

  withFilter(withCommonOptions(data.command("decontaminate")))
    .description("reject records that hold problems of benchmarks or of the tasks' test splits")
    .argument("<dataset>", "its name or id")
    .option("--strict", "also those that share only 8 words in a row, not 13")
    .option("--dry-run", "only say what would be rejected")
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const filter = filterOption(command);
      const { strict, dryRun } = z
        .object({ strict: z.boolean().default(false), dryRun: z.boolean().default(false) })
        .parse(command.opts());
      await withHost(context, async ({ client }) => {
        const { id } = await refreshed(client, name, context.terminal);
        const found: RecordFilter = [
          ...filter,
          { field: "contamination", values: strict ? ["any"] : ["same-problem", "13-gram"] },
        ];
        const { contamination } = await client.datasets.statistics({ datasetId: id, filter });
        const rejected = dryRun
          ? (await client.datasets.records.count({ datasetId: id, filter: found })).total
          : await reject(client, id, found);
        context.terminal.result(
          { datasetId: id, contamination, rejected, dryRun },
          `${contamination["same-problem"] ?? 0} hold a test problem, ${contamination["13-gram"] ?? 0} share 13 words with one, ${contamination["8-gram"] ?? 0} share 8. ${rejected} ${dryRun ? "would be " : ""}rejected.`,
        );
      });
    });
}

async function refreshed(
  client: Client,
  name: string,
  terminal: Terminal,
): Promise<DatasetSummary> {
  const dataset = await datasetOf(client, name);
  await followJob(client, await client.datasets.refresh({ datasetId: dataset.id }), terminal);
  return dataset;
}

async function reject(
  client: Client,
  datasetId: DatasetSummary["id"],
  filter: RecordFilter,
): Promise<number> {
  const { changed } = await client.datasets.records.setStatus({
    datasetId,
    target: { filter },
    status: "rejected",
  });
  return changed;
}
