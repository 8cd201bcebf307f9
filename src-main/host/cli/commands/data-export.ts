/** `data export`: records into a file. */
import { resolve } from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { DatasetShape, ReasoningForm } from "#shared/schema/dataset.ts";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import { datasetOf, filterOption, withFilter } from "../options/data-options.ts";
import { DatasetFormat } from "#shared/schema/dataset-format.ts";

export function addDataExport(data: Command): void {
  withFilter(withCommonOptions(data.command("export")))
    .description(
      "records into a file; CSV cells that a spreadsheet would compute are made harmless",
    )
    .argument("<dataset>", "its name or id; with a version: d1@2")
    .argument("<file>", "ends in .jsonl, .json, .csv or .parquet")
    .addOption(
      new Option("--format <name>", "where the name does not say it").choices(
        DatasetFormat.options,
      ),
    )
    .addOption(
      new Option("--shape <name>", "of a row").choices(DatasetShape.options).default("messages"),
    )
    .addOption(
      new Option("--reasoning <form>", "as it came, all in <think> tags, or all in a field")
        .choices(ReasoningForm.options)
        .default("as-is"),
    )
    .option("--overwrite", "replace a file that is there")
    .option("--dataset-info", "write LLaMA-Factory's dataset_info.json beside")
    .action(async (name: string, file: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const filter = filterOption(command);
      const options = z
        .object({
          format: DatasetFormat.optional(),
          shape: DatasetShape,
          reasoning: ReasoningForm,
          overwrite: z.boolean().default(false),
          datasetInfo: z.boolean().default(false),
        })
        .parse(command.opts());
      await withHost(context, async ({ client }) => {
        const [, dataset = name, version] = /^(.+)@(\d+)$/.exec(name) ?? [];
        const { id } = await datasetOf(client, dataset);
        const written = await client.datasets.export({
          ...options,
          datasetId: id,
          target: version === undefined ? { filter } : { version: Number(version) },
          format: options.format ?? formatOfName(file),
          path: resolve(file),
        });
        context.terminal.result(
          written,
          [
            `${written.records.toLocaleString("en-US")} records in ${written.path}.`,
            ...written.leftOut.map(
              ({ reason, records }) =>
                `${records.toLocaleString("en-US")} left out, which ${options.shape} cannot hold: ${reason}.`,
            ),
          ].join("\n"),
        );
      });
    });
}
function formatOfName(file: string): z.infer<typeof DatasetFormat> {
  const parsed = DatasetFormat.safeParse(/\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase());
  if (parsed.success) return parsed.data;
  throw new AppError("BAD_INPUT", `The name of ${file} does not say its format.`, "Add --format.");
}
