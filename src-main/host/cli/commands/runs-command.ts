/** `runs`: what was started, and going on with it. */
import type { Command } from "commander";
import { z } from "zod";
import { AppError } from "#shared/errors.ts";
import { PAUSED_PHASE } from "#shared/schema/engine-protocol.ts";
import type { PipelineSummary, RunSummary } from "#shared/schema/run.ts";
import { usdText } from "#shared/usd-text.ts";
import { contextOf, numberBetween, withCommonOptions, withHost } from "../command-context.ts";
import { acceptanceLines, acceptancesOf } from "../printing/acceptance-text.ts";
import { compareAndPrint } from "../printing/compare-and-print.ts";
import { watchAndPrint } from "./demo-command.ts";
import { everyPipeline, findPipeline } from "../every-pipeline.ts";
import { exportPipeline } from "../export-pipeline.ts";
import { duration } from "../printing/live-line.ts";
import { scoreText } from "../printing/score-text.ts";
import type { Client } from "../open-host.ts";
import { costJson, resultsJson, resultsText } from "../printing/result-table.ts";
import { table } from "../printing/terminal.ts";

export function addRunsCommands(program: Command): void {
  const runs = program.command("runs").description("pipelines and their stages");
  addList(runs);
  addShow(runs);
  addStop(runs);
  addPauseAndContinue(runs);
  addResume(runs);
  addCompare(runs);
  addExport(runs);
}

function addList(runs: Command): void {
  withCommonOptions(runs.command("list"))
    .description("every pipeline, newest first")
    .action(async (_options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const pipelines: PipelineSummary[] = [];
        for await (const pipeline of everyPipeline(client)) pipelines.push(pipeline);
        context.terminal.result(pipelines, listText(pipelines));
      });
    });
}

function addShow(runs: Command): void {
  withCommonOptions(runs.command("show"))
    .description("one pipeline with its stages and results, or one stage")
    .argument("<id>", "e.g. p3 or p3-grpo")
    .action(async (id: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const pipelineId = await pipelineOf(client, id);
        if (id !== pipelineId) {
          const found = await client.runs.get({ runId: id });
          context.terminal.result(found, JSON.stringify(found, undefined, 2));
          return;
        }
        const pipeline = await client.pipelines.get({ pipelineId });
        const results = await client.pipelines.results({ pipelineId });
        const acceptance = await acceptancesOf(client, pipeline.runs);
        const kept = acceptanceLines(acceptance);
        context.terminal.result(
          { ...pipeline, results: resultsJson(results), cost: costJson(results), acceptance },
          [
            `${pipeline.id}  ${pipeline.name}  ${pipeline.status}  seed ${pipeline.seed}`,
            ...(pipeline.statusReason === null ? [] : [pipeline.statusReason.message]),
            "",
            stagesText(pipeline.runs),
            "",
            ...kept.flatMap((line, at) => (at === kept.length - 1 ? [line, ""] : [line])),
            resultsText(results),
          ].join("\n"),
        );
      });
    });
}

function addStop(runs: Command): void {
  withCommonOptions(runs.command("stop"))
    .description("stop a pipeline at its next step, so that it can be resumed")
    .argument("<id>", "e.g. p3")
    .option("--discard", "end it at once; it cannot be resumed")
    .action(async (id: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { discard } = z.object({ discard: z.boolean().optional() }).parse(command.opts());
      await withHost(context, async ({ client }) => {
        const pipelineId = await pipelineOf(client, id);
        const mode = discard === true ? "discard" : "keep";
        await client.pipelines.stop({ pipelineId, mode });
        context.terminal.result(
          { pipelineId, mode },
          mode === "keep" ? `${pipelineId} stops at its next step.` : `${pipelineId} is cancelled.`,
        );
      });
    });
}

function addPauseAndContinue(runs: Command): void {
  for (const verb of ["pause", "continue"] as const) {
    withCommonOptions(runs.command(verb))
      .description(
        verb === "pause"
          ? "let a running pipeline wait at its next step, in memory"
          : "let a paused pipeline go on",
      )
      .argument("<id>", "e.g. p3")
      .action(async (id: string, _options: unknown, command: Command) => {
        const context = contextOf(command);
        await withHost(context, async ({ client }) => {
          const pipelineId = await pipelineOf(client, id);
          await client.pipelines[verb]({ pipelineId });
          context.terminal.result(
            { pipelineId },
            verb === "pause"
              ? `${pipelineId} waits at its next step. Go on with: gradus runs continue ${pipelineId}`
              : `${pipelineId} goes on.`,
          );
        });
      });
  }
}

function addResume(runs: Command): void {
  withCommonOptions(runs.command("resume"))
    .description("go on at the stage and step where a pipeline stopped or failed")
    .argument("<id>", "e.g. p3")
    .option("--out <folder>", "write the results and the trained models there")
    .option(
      "--cap <usd>",
      "what each judge or teacher at an endpoint may spend in all, instead of the recipe's cap",
      numberBetween(0.000001, 1e9),
    )
    .action(async (id: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { out, cap } = z
        .object({ out: z.string().optional(), cap: z.number().optional() })
        .parse(command.opts());
      await withHost(context, async (host) => {
        const pipelineId = await pipelineOf(host.client, id);
        await host.client.pipelines.resume({
          pipelineId,
          ...(cap === undefined ? {} : { capUsd: cap }),
        });
        await watchAndPrint(host, context, pipelineId, out);
      });
    });
}

function addCompare(runs: Command): void {
  withCommonOptions(runs.command("compare"))
    .description("two pipelines, their benchmarks of equal name paired, or two benchmarks")
    .argument("<id>", "e.g. p3 or p3-benchmark-grpo")
    .argument("<with>", "what it is compared to")
    .option("--out <file>", "a report: .html, .md, .csv or .json")
    .action(async (id: string, other: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { out } = z.object({ out: z.string().optional() }).parse(command.opts());
      await withHost(context, async ({ client }) =>
        compareAndPrint(client, context.terminal, { ids: [id], against: other }, out),
      );
    });
}

function addExport(runs: Command): void {
  withCommonOptions(runs.command("export"))
    .description("everything that is kept of a pipeline, as JSON and JSONL files")
    .argument("<id>", "e.g. p3")
    .requiredOption("--out <folder>", "a new folder")
    .action((id: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { out } = z.object({ out: z.string() }).parse(command.opts());
      const files = exportPipeline(context.workspace, id, out);
      context.terminal.result({ out, files }, files.join("\n"));
    });
}

/** The pipeline that an id means: its own, or that of one of its stages. */
async function pipelineOf(client: Client, id: string) {
  const found = await findPipeline(
    client,
    (pipeline) => pipeline.id === id || pipeline.runs.some((run) => run.id === id),
  );
  if (found !== undefined) return found.id;
  throw new AppError(
    "NOT_FOUND",
    `There is no pipeline and no stage "${id}".`,
    "`gradus runs list` shows them all.",
  );
}

function listText(pipelines: readonly PipelineSummary[]): string {
  if (pipelines.length === 0) return "Nothing was started yet. `gradus demo` is a good start.";
  return table(
    ["id", "name", "status", "stages", "pass@1", "time", "cost", "started"],
    pipelines.map((pipeline) => [
      pipeline.id,
      pipeline.name,
      pipeline.runs.some(isPaused) ? "paused" : pipeline.status,
      `${pipeline.runs.filter(({ status }) => status === "finished").length}/${pipeline.runs.length}`,
      scoreText(pipeline.runs.findLast(({ score }) => score !== null)?.score),
      duration(pipeline.activeMs),
      pipeline.costUsd === null ? "" : usdText(pipeline.costUsd),
      new Date(pipeline.createdAtMs).toLocaleString("sv-SE"),
    ]),
    [4, 6],
  );
}

function stagesText(runs: readonly RunSummary[]): string {
  return table(
    ["id", "kind", "status", "step", "pass@1", "time", "cost"],
    runs.map((run) => [
      run.id,
      run.kind,
      isPaused(run) ? "paused" : run.status,
      run.totalSteps === null ? "" : `${run.progress?.done ?? run.lastStep}/${run.totalSteps}`,
      scoreText(run.score),
      run.startedAtMs === null ? "" : duration(timeOf(run)),
      run.costUsd === null ? "" : usdText(run.costUsd),
    ]),
    [4, 6],
  );
}

/** At work, with the attempt that still is. */
function timeOf({ activeMs, workingSinceMs }: RunSummary): number {
  return workingSinceMs === null ? activeMs : activeMs + Math.max(0, Date.now() - workingSinceMs);
}

function isPaused({ status, progress }: RunSummary): boolean {
  return status === "running" && progress?.phase === PAUSED_PHASE;
}
