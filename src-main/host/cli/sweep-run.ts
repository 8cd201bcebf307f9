/** `run --sweep`: starts one recipe for each combination, follows them all, and prints a row for each. */
import { counted } from "#shared/counted.ts";
import type { SweepAxis } from "#shared/schema/recipe-draft.ts";
import { usdText } from "#shared/usd-text.ts";
import type { CommandContext } from "./command-context.ts";
import { follow } from "./printing/follow.ts";
import { duration } from "./printing/live-line.ts";
import type { Client, OpenHost } from "./open-host.ts";
import { costJson, resultsJson } from "./printing/result-table.ts";
import { scoreText } from "./printing/score-text.ts";
import { Failed, table } from "./printing/terminal.ts";

type Launch = Omit<Parameters<Client["pipelines"]["startSweep"]>[0], "axes" | "mode">;

/** Throws BAD_INPUT for a sweep that makes no sense, and Failed where some pipeline did not finish. */
export async function sweepAndPrint(
  host: OpenHost,
  context: CommandContext,
  axes: SweepAxis[],
  launch: Launch,
): Promise<void> {
  const { sweepId, pipelineIds } = await host.client.pipelines.startSweep({
    ...launch,
    axes,
    mode: "grid",
  });
  context.terminal.note(
    `Sweep ${sweepId}: ${counted(pipelineIds.length, "pipeline")} in ${host.workspace}`,
  );
  await host.listen();
  const rows = [];
  for (const pipelineId of pipelineIds) {
    const pipeline = await follow(host, pipelineId, context.terminal);
    const results = await host.client.pipelines.results({ pipelineId });
    rows.push({
      pipelineId,
      status: pipeline.status,
      values: pipeline.sweep?.values ?? {},
      results: resultsJson(results),
      cost: costJson(results),
      durationMs: pipeline.activeMs,
    });
  }
  context.terminal.result(
    { sweepId, launches: rows },
    table(
      ["pipeline", ...axes.map(({ key }) => key), "status", "pass@1", "time", "cost"],
      rows.map((row) => [
        row.pipelineId,
        ...axes.map(({ key }) => JSON.stringify(row.values[key])),
        row.status,
        lastScore(row.results.at(-1)),
        duration(row.durationMs),
        usdText(row.cost.totalUsd),
      ]),
      [axes.length + 3, axes.length + 4],
    ),
  );
  if (rows.some(({ status }) => status !== "finished")) throw new Failed();
}

function lastScore(row: ReturnType<typeof resultsJson>[number] | undefined): string {
  if (row === undefined) return "";
  const [low = row.pass1, high = row.pass1] = row.ci;
  return scoreText({ value: row.pass1, low, high });
}
