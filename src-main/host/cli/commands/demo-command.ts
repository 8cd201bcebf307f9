/** `demo` and `run`: start a recipe, watch it, print its results. */
import { cpSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { z } from "zod";
import { makeFolder } from "#main/platform/make-folder.ts";
import { readRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { yamlValue } from "#main/services/recipes/recipe-yaml.ts";
import { overridesOf, parseAxis, sweepPoints } from "#main/services/recipes/sweep.ts";
import { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import type { PipelineResults } from "#shared/schema/evaluation.ts";
import type { SweepAxis } from "#shared/schema/recipe-draft.ts";
import type { PipelineId, PipelineSummary } from "#shared/schema/run.ts";
import {
  contextOf,
  runtimeOption,
  wholeNumber,
  withCommonOptions,
  withHost,
} from "../command-context.ts";
import type { CommandContext } from "../command-context.ts";
import { follow } from "../printing/follow.ts";
import { duration } from "../printing/live-line.ts";
import { resolveModel } from "../options/resolve-model.ts";
import { recipeText } from "./recipes-command.ts";
import { sweepAndPrint } from "../sweep-run.ts";
import type { OpenHost } from "../open-host.ts";
import { costJson, resultsJson, resultsText } from "../printing/result-table.ts";
import { Failed } from "../printing/terminal.ts";

const Options = z.object({
  model: z.string().optional(),
  out: z.string().optional(),
  seed: z.int().optional(),
  smoke: z.boolean().optional(),
  runtime: RuntimeChoice.optional(),
  sweep: z.array(z.string()).default([]),
});

export function addDemoCommands(program: Command): void {
  withCommonOptions(program.command("demo"))
    .description("run the whole recipe on a built-in or a named model and print the result table")
    .option(
      "--model <id>",
      "start from this model instead of the built-in base: a name, a hub id, a folder or a GGUF file",
    )
    .option("--out <folder>", "write the results and the trained models there")
    .option("--smoke", "only a few steps of each stage: proves that everything works")
    .option("--seed <number>", "another seed than the recipe's", wholeNumber(0))
    .addOption(runtimeOption())
    .action(async (_options: unknown, command: Command) => {
      const options = Options.parse(command.opts());
      const context = contextOf(command);
      await withHost(context, async (host) => {
        const model =
          options.model === undefined
            ? undefined
            : (await resolveModel(host, context.terminal, options.model)).name;
        const { pipelineId } = await host.client.demo.start({
          ...(model === undefined ? {} : { model }),
          ...(options.seed === undefined ? {} : { seed: options.seed }),
          ...(options.smoke === undefined ? {} : { smoke: options.smoke }),
          ...(options.runtime === undefined ? {} : { runtime: options.runtime }),
        });
        await watchAndPrint(host, context, pipelineId, options.out);
      });
    });

  withCommonOptions(program.command("run"))
    .description("run a recipe; key=value changes an option, e.g. stages.grpo.max_steps=20")
    .argument("<recipe>", "a YAML file, a kept recipe (r3), or the name of a preset")
    .argument("[changes...]", "key=value pairs")
    .option("--out <folder>", "write the results and the trained models there")
    .option("--seed <number>", "another seed than the recipe's", wholeNumber(0))
    .option(
      "--sweep <key=a,b,c>",
      "a pipeline for each value; given again, for each combination",
      (text: string, all: readonly string[]) => [...all, text],
      [],
    )
    .addOption(runtimeOption())
    .action(async (recipe: string, changes: string[], _options: unknown, command: Command) => {
      const options = Options.parse(command.opts());
      const context = contextOf(command);
      await withHost(context, async (host) => {
        const { yaml, relativeTo, id } = await recipeText(host.client, recipe);
        const axes = options.sweep.map((text) => parseAxis(text, yamlValue));
        for (const name of modelsOf(yaml, changes, axes))
          await resolveModel(host, context.terminal, name, relativeTo);
        const launch = {
          yaml,
          relativeTo,
          ...(id === undefined ? {} : { recipeId: id }),
          ...(options.runtime === undefined ? {} : { runtime: options.runtime }),
        };
        if (axes.length > 0) {
          const seed = options.seed === undefined ? [] : [`seed=${options.seed}`];
          await sweepAndPrint(host, context, axes, {
            ...launch,
            overrides: [...changes, ...seed],
          });
          return;
        }
        const { pipelineId } = await host.client.pipelines.start({
          ...launch,
          overrides: changes,
          ...(options.seed === undefined ? {} : { seed: options.seed }),
        });
        await watchAndPrint(host, context, pipelineId, options.out);
      });
    });
}

/**
 * The models that the recipe names once it is changed, in each pipeline of a sweep. What else is wrong with it, its
 * start says. @throws AppError BAD_INPUT for a sweep that makes no sense
 */
function modelsOf(
  yaml: string,
  changes: readonly string[],
  axes: readonly SweepAxis[],
): ReadonlySet<string> {
  const recipes = sweepPoints(axes, "grid").map((point) =>
    readRecipe(yaml, [...changes, ...overridesOf(point)]),
  );
  return new Set(recipes.flatMap(({ recipe }) => Object.values(recipe?.models ?? {})));
}

/** Follows a pipeline to its end and prints its results. Throws Failed or Cancelled where it did not finish. */
export async function watchAndPrint(
  host: OpenHost,
  context: CommandContext,
  pipelineId: PipelineId,
  out: string | undefined,
): Promise<void> {
  const { terminal } = context;
  const address = await host.listen();
  terminal.note(`Pipeline ${pipelineId} in ${host.workspace}`);
  terminal.note(
    host.pid === undefined
      ? `Watch it in the window, while it runs: ${address}`
      : `It runs in the host that has the workspace open (process ${host.pid}).`,
  );
  const pipeline = await follow(host, pipelineId, terminal);
  const results = await host.client.pipelines.results({ pipelineId });
  const body = {
    pipelineId,
    status: pipeline.status,
    results: resultsJson(results),
    cost: costJson(results),
    usdPerPoint: results.usdPerPoint,
    durationMs: pipeline.activeMs,
  };
  if (pipeline.status !== "finished") {
    terminal.note(`${pipeline.name}: ${pipeline.status}. ${pipeline.statusReason?.message ?? ""}`);
    const advice = pipeline.statusReason?.advice ?? undefined;
    if (advice !== undefined) terminal.note(advice);
    if (terminal.json) {
      terminal.result({ ...body, error: pipeline.statusReason }, "");
    }
    throw new Failed();
  }
  if (out !== undefined) await writeOut(host, pipeline, results, resolve(out), body);
  terminal.result(body, `${resultsText(results)}\nDone in ${duration(pipeline.activeMs)}.`);
}

/** results.json, results.txt and each trained model in hub layout. */
async function writeOut(
  host: OpenHost,
  pipeline: PipelineSummary,
  results: PipelineResults,
  out: string,
  body: unknown,
): Promise<void> {
  makeFolder(out);
  writeFileSync(join(out, "results.json"), `${JSON.stringify(body, undefined, 2)}\n`);
  writeFileSync(join(out, "results.txt"), `${resultsText(results)}\n`);
  for (const { id, stageName } of pipeline.runs) {
    const { run } = await host.client.runs.get({ runId: id });
    if (run.outputModel === null) continue;
    cpSync(run.outputModel, join(out, "models", stageName), { recursive: true });
  }
}
