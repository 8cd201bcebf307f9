/** A comparison in the terminal and, where asked, in a file: `bench compare` and `runs compare`. */
import { writeFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import { AppError } from "#shared/errors.ts";
import type { ReportFormat } from "#shared/contract/compare.ts";
import type { ComparisonReport } from "#shared/schema/compare.ts";
import { OVER_SEEDS_NOTE, overSeedsText } from "#shared/over-seeds.ts";
import { usdText } from "#shared/usd-text.ts";
import type { Client } from "../open-host.ts";
import { percent, percentRange, versusCells } from "./score-text.ts";
import { table } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";
import { twinText } from "./twin-text.ts";

type Request = Parameters<Client["compare"]["report"]>[0];

const FORMATS: Readonly<Record<string, ReportFormat>> = {
  ".html": "html",
  ".md": "markdown",
  ".csv": "csv",
  ".json": "json",
};

/** Throws BAD_INPUT where nothing can be compared, or where the file's name says no format. */
export async function compareAndPrint(
  client: Client,
  terminal: Terminal,
  request: Request,
  out: string | undefined,
): Promise<void> {
  const report = await client.compare.report(request);
  const rows = report.groups.flatMap((group) => group.rows);
  const pipelineIds = [...new Set(rows.map(({ pipelineId }) => pipelineId))];
  const twins = await client.compare.twins({ pipelineIds });
  if (out !== undefined) await writeReport(client, request, out);
  const text = [reportText(report), ...twins.map(twinText)].join("\n\n");
  terminal.result(
    { ...report, twins },
    `${text}${out === undefined ? "" : `\nReport written to ${resolve(out)}.`}`,
  );
}

/** Writes a comparison in the format that the file's name says. Throws BAD_INPUT for another ending. */
async function writeReport(client: Client, request: Request, out: string): Promise<void> {
  const format = FORMATS[extname(out).toLowerCase()];
  if (format === undefined)
    throw new AppError(
      "BAD_INPUT",
      `A report cannot be written as ${extname(out) || "a file without an ending"}.`,
      "Name a file that ends in .html, .md, .csv or .json.",
    );
  const { text } = await client.compare.export({ ...request, format });
  writeFileSync(resolve(out), text);
}

function reportText(report: ComparisonReport): string {
  const groups = report.groups.map((group) =>
    [
      `${group.title}, against ${group.baseline}`,
      table(
        [
          "benchmark",
          "model",
          "pass@1",
          "interval",
          "points",
          "interval",
          "p, Holm",
          "verdict",
          "n",
          "cost",
        ],
        group.rows.map((row) => {
          const { versus, summary } = row;
          return [
            row.runId,
            row.label,
            percent(summary.pass1.value),
            percentRange(summary.pass1),
            ...(versus === null
              ? ["", "", "", row.refusal === null ? "baseline" : `not comparable: ${row.refusal}`]
              : versusCells(versus)),
            String(summary.n),
            usdText(row.trainingUsd),
          ];
        }),
        [2, 4, 6, 8, 9],
      ),
      ...group.seeds.map((seeds) => `${overSeedsText(seeds)} (${seeds.runIds.join(", ")})`),
      ...group.rows.flatMap((row) => row.cautions.map((caution) => `! ${row.runId}: ${caution}`)),
    ].join("\n"),
  );
  const published = report.published.map(
    ({ model, benchmark, measure, value, isRating, source, date }) =>
      `published, not run here: ${model}, ${benchmark} ${measure} ${isRating ? value : percent(value)} (${source}, ${date})`,
  );
  const missing = report.missing.map(({ id, reason }) => `! ${id} is left out: ${reason}`);
  const note = `Points are paired on the problems that both asked; p is corrected for ${report.comparisons} ${report.comparisons === 1 ? "comparison" : "comparisons"}, and their interval is of the same test.`;
  const overSeeds = report.groups.some(({ seeds }) => seeds.length > 0) ? [OVER_SEEDS_NOTE] : [];
  return [...groups, ...published, ...missing, note, ...overSeeds].join("\n\n");
}
