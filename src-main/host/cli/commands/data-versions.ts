/** `data publish` and `data versions`. */
import { counted } from "#shared/counted.ts";
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { contextOf, wholeNumber, withCommonOptions, withHost } from "../command-context.ts";
import { datasetOf, filterOption, withFilter } from "../options/data-options.ts";
import { table } from "../printing/terminal.ts";

export function addDataVersions(data: Command): void {
  withFilter(withCommonOptions(data.command("publish")), "status:accepted")
    .description("an unchangeable version that recipes can train on: `data: {dataset: d1@1}`")
    .argument("<dataset>", "its name or id")
    .option("--note <text>", "what it is")
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const filter = filterOption(command);
      const { note } = z.object({ note: z.string().default("") }).parse(command.opts());
      await withHost(context, async ({ client }) => {
        const { id } = await datasetOf(client, name);
        const version = await client.datasets.versions.publish({ datasetId: id, filter, note });
        context.terminal.result(
          version,
          `${version.ref}: ${counted(version.records, "record")}, sha256 ${version.sha256}.`,
        );
      });
    });

  withCommonOptions(data.command("versions"))
    .description(
      "published versions and the runs that trained on them; two of them record by record",
    )
    .argument("<dataset>", "its name or id")
    .option("--compare <numbers...>", "two version numbers", wholeNumbers)
    .action(async (name: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { compare } = z.object({ compare: z.array(z.int()).optional() }).parse(command.opts());
      await withHost(context, async ({ client }) => {
        const { id } = await datasetOf(client, name);
        if (compare === undefined) {
          const versions = await client.datasets.versions.list({ datasetId: id });
          context.terminal.result(
            versions,
            table(
              ["version", "records", "published", "runs", "filter", "note"],
              versions.map((version) => [
                version.ref,
                String(version.records),
                new Date(version.publishedAtMs).toLocaleString("sv-SE"),
                version.runs.join(" "),
                version.filter,
                version.note,
              ]),
              [1],
            ),
          );
          return;
        }
        const [from, to] = compare;
        if (from === undefined || to === undefined) {
          throw new AppError("BAD_INPUT", "Two versions are needed, e.g. --compare 1 2.");
        }
        const difference = await client.datasets.versions.compare({
          from: `${id}@${from}`,
          to: `${id}@${to}`,
        });
        context.terminal.result(
          difference,
          `${difference.added} added, ${difference.removed} removed, ${difference.changed} changed, ${difference.same} the same.`,
        );
      });
    });
}

function wholeNumbers(text: string, before: readonly number[] = []): number[] {
  return [...before, wholeNumber(1)(text)];
}
