/** `cost`: what was spent, and what a pipeline would cost elsewhere or at another size. */
import { usdPerPointInterval } from "#shared/comparison-text.ts";
import type { Command } from "commander";
import { z } from "zod";
import type { CostShares, PeopleTime, Projection } from "#shared/schema/cost.ts";
import { usdText } from "#shared/usd-text.ts";
import { contextOf, numberBetween, withCommonOptions, withHost } from "../command-context.ts";
import { duration } from "../printing/live-line.ts";
import type { Client } from "../open-host.ts";
import { unpricedText } from "../printing/result-table.ts";
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
        context.terminal.result(report, reportText(report));
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

const KINDS: readonly (readonly [keyof CostShares, string])[] = [
  ["samplingUsd", "sampling"],
  ["trainingUsd", "training"],
  ["evaluationUsd", "evaluation"],
  ["apiUsd", "API"],
  ["otherUsd", "other"],
];

function reportText(report: Awaited<ReturnType<Client["cost"]["report"]>>): string {
  const launches = report.pipelines.map(
    ({ pipelineId, name, total, totalUsd, unpricedRequests, shares, yield: bought }) => [
      pipelineId,
      name,
      duration(total.wallMs),
      ...KINDS.slice(0, 3).map(([key]) => usdText(shares[key])),
      `${usdText(totalUsd)}${unpricedRequests === 0 ? "" : " + no price"}`,
      bought.usdPerAcceptedSample === null ? "" : usdText(bought.usdPerAcceptedSample),
      bought.usdPerPoint === null
        ? ""
        : `${usdText(bought.usdPerPoint.value)} ${usdPerPointInterval(bought.usdPerPoint)}`,
    ],
  );
  const entries = report.ledger.map(({ timeMs, kind, note, quantity, unit, totalUsd, how }) => [
    new Date(timeMs).toLocaleDateString("sv-SE"),
    kind,
    note,
    `${Number(quantity.toPrecision(4))} ${unit}`,
    usdText(totalUsd),
    how,
  ]);
  return [
    table(
      [
        "id",
        "name",
        "time",
        "sampling",
        "training",
        "evaluation",
        "total",
        "$ a sample",
        "$ a point",
      ],
      launches,
      [2, 3, 4, 5, 6, 7],
    ),
    ...(entries.length === 0
      ? []
      : ["", table(["when", "kind", "for", "quantity", "amount", "how known"], entries, [4])]),
    "",
    `Spent ${usdText(report.totalUsd)}${unpricedText(report)}: ${KINDS.filter(
      ([key]) => report.shares[key] !== 0,
    )
      .map(([key, name]) => `${name} ${usdText(report.shares[key])}`)
      .join(", ")}.`,
    ...peopleText(report.people),
  ].join("\n");
}

function peopleText({ reviewHours, usd }: PeopleTime): string[] {
  if (reviewHours === 0 && usd === null) return [];
  const worth = usd === null ? "no rate an hour is set" : usdText(usd);
  return [`People's time, no part of it: ${reviewHours.toFixed(2)} h of review, ${worth}.`];
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
