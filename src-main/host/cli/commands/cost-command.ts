/** `cost`: what was spent, and what a pipeline would cost elsewhere or at another size. */
import type { Command } from "commander";
import { z } from "zod";
import type { Projection } from "#shared/schema/cost.ts";
import { usdText } from "#shared/usd-text.ts";
import { contextOf, numberBetween, withCommonOptions, withHost } from "../command-context.ts";
import { duration } from "../printing/live-line.ts";
import { costReport } from "../printing/cost-report.ts";
import { table } from "../printing/terminal.ts";

const Factors = z.object({
  weights: z.number(),
  tokens: z.number(),
  steps: z.number(),
  speed: z.number(),
  usdPerHour: z.number().optional(),
});

export function addCostCommands(program: Command): void {
  const cost = program.command("cost").description("the ledger and what-if");
  withCommonOptions(cost.command("report"))
    .description("what was spent, on what, and what it bought; of one pipeline or of all")
    .argument("[id]", "e.g. p3")
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const context = contextOf(command);
      await withHost(context, async ({ client }) => {
        const report = await client.cost.report(id === undefined ? {} : { pipelineId: id });
        context.terminal.result(report, costReport(report));
      });
    });

  const factor = numberBetween(1e-6, 1e6);
  withCommonOptions(cost.command("project"))
    .description("a pipeline on other hardware or at another size, from the rates measured here")
    .argument("<id>", "a pipeline that ran, e.g. p3")
    .option("--weights <x>", "times the weights", factor, 1)
    .option("--tokens <x>", "times the tokens of each completion", factor, 1)
    .option("--steps <x>", "times the training steps", factor, 1)
    .option("--speed <x>", "the other machine, times this one", factor, 1)
    .option("--usd-per-hour <usd>", "all that an hour of it costs", numberBetween(0, 1e6))
    .action(async (id: string, _options: unknown, command: Command) => {
      const context = contextOf(command);
      const { usdPerHour, ...factors } = Factors.parse(command.opts());
      await withHost(context, async ({ client }) => {
        const projection = await client.cost.project({
          pipelineId: id,
          ...factors,
          ...(usdPerHour === undefined ? {} : { usdPerHour }),
        });
        context.terminal.result(projection, projectionText(projection));
      });
    });
}

function projectionText(projection: Projection): string {
  const { stages, durationMs, usd, measuredMs, measuredUsd, basis } = projection;
  return [
    table(
      ["stage", "kind", "measured", "cost", "projected", "cost", "range", "rates of"],
      stages.map((stage) => [
        stage.stageName,
        stage.kind,
        duration(stage.measuredMs),
        usdText(stage.measuredUsd),
        duration(stage.durationMs.value),
        usdText(stage.usd.value),
        stage.ratesFrom < 2 ? "one run" : `${usdText(stage.usd.low)}–${usdText(stage.usd.high)}`,
        String(stage.ratesFrom),
      ]),
      [2, 3, 4, 5, 7],
    ),
    "",
    `Measured ${duration(measuredMs)}, ${usdText(measuredUsd)}. Projected ${duration(durationMs.value)}, ${usdText(usd.value)} (${usdText(usd.low)}–${usdText(usd.high)}).`,
    basis,
  ].join("\n");
}
