/** `data review`: records accepted, rejected or rated by hand, as one edit that `data undo` takes back. */
import { Option } from "commander";
import type { Command } from "commander";
import { z } from "zod";
import type { BulkAction } from "#shared/contract/dataset-records.ts";
import { RecordStatus } from "#shared/schema/dataset.ts";
import { contextOf, withCommonOptions, withHost } from "../command-context.ts";
import { datasetOf, filterOption, withFilter } from "../options/data-options.ts";

const Options = z.object({
  status: RecordStatus.optional(),
  rating: z.number().optional(),
  field: z.string().min(1),
});

export function addDataReview(data: Command): void {
  withFilter(withCommonOptions(data.command("review")))
    .description("set the status of records, or rate them; `data undo` takes it back")
    .argument("<dataset>", "its name or id")
    .addOption(new Option("--status <status>", "what they become").choices(RecordStatus.options))
    .addOption(
      new Option("--rating <number>", "how good they are: a number in their metadata").argParser(
        Number,
      ),
    )
    .option("--field <name>", "what the rating is called", "rating")
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const filter = filterOption(command);
      const { status, rating, field } = Options.parse(command.opts());
      const actions: BulkAction[] = [
        ...(status === undefined ? [] : [{ type: "status" as const, status }]),
        ...(rating === undefined
          ? []
          : [{ type: "metadata" as const, key: field, value: JSON.stringify(rating) }]),
      ];
      const [action, other] = actions;
      if (action === undefined || other !== undefined || Number.isNaN(rating))
        command.error("error: say --status or --rating, one of them");
      await withHost(context, async ({ client }) => {
        const { id } = await datasetOf(client, name);
        const target = { filter };
        const { changed } = await client.datasets.records.applyBulk({
          datasetId: id,
          target,
          action,
        });
        context.terminal.result(
          { datasetId: id, changed },
          `${changed.toLocaleString("en-US")} records changed.`,
        );
      });
    });
}
