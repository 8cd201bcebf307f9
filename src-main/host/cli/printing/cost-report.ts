/** The ledger for the terminal: pipelines, what no run made, and the sum. */
import { usdPerPointInterval } from "#shared/comparison-text.ts";
import type { CostShares, PeopleTime, UnpricedUse } from "#shared/schema/cost.ts";
import { costText, unpricedNote, usdText } from "#shared/usd-text.ts";
import type { Client } from "../open-host.ts";
import { duration } from "./live-line.ts";
import { besideText } from "./result-table.ts";
import { table } from "./terminal.ts";

const KINDS: readonly (readonly [keyof CostShares, string])[] = [
  ["samplingUsd", "sampling"],
  ["trainingUsd", "training"],
  ["evaluationUsd", "evaluation"],
  ["apiUsd", "API"],
  ["otherUsd", "other"],
];

/** What was spent and on what, as `gradus cost report` prints it. */
export function costReport(report: Awaited<ReturnType<Client["cost"]["report"]>>): string {
  const launches = report.pipelines.map(
    ({
      pipelineId,
      name,
      total,
      totalUsd,
      unpricedRequests,
      unpricedTokens,
      shares,
      yield: bought,
    }) => [
      pipelineId,
      name,
      duration(total.wallMs),
      ...KINDS.slice(0, 3).map(([key]) => usdText(shares[key])),
      unpricedRequests === 0
        ? usdText(totalUsd)
        : `${usdText(totalUsd)} + ${costText(null, unpricedTokens)}`,
      bought.usdPerAcceptedSample === null ? "" : usdText(bought.usdPerAcceptedSample),
      bought.usdPerPoint === null
        ? ""
        : `${usdText(bought.usdPerPoint.value)} ${usdPerPointInterval(bought.usdPerPoint)}`,
    ],
  );
  const written = report.ledger.map(({ timeMs, kind, note, quantity, unit, totalUsd, how }) => [
    new Date(timeMs).toLocaleDateString("sv-SE"),
    kind,
    note,
    `${Number(quantity.toPrecision(4))} ${unit}`,
    usdText(totalUsd),
    how,
  ]);
  // What has no price stands among what has one, newest first.
  const entries = [...written, ...report.unpriced.map(unpricedCells)].sort(([a = ""], [b = ""]) =>
    b.localeCompare(a),
  );
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
    `Spent ${usdText(report.totalUsd)}${besideText(report)}: ${KINDS.filter(
      ([key]) => report.shares[key] !== 0,
    )
      .map(([key, name]) => `${name} ${usdText(report.shares[key])}`)
      .join(", ")}.`,
    ...peopleText(report.people),
  ].join("\n");
}

function unpricedCells(use: UnpricedUse): string[] {
  return [
    new Date(use.timeMs).toLocaleDateString("sv-SE"),
    "api",
    unpricedNote(use),
    `${use.promptTokens + use.completionTokens} tokens`,
    costText(null),
    "metered",
  ];
}

function peopleText({ reviewHours, usd }: PeopleTime): string[] {
  if (reviewHours === 0 && usd === null) return [];
  const worth = usd === null ? "no rate an hour is set" : usdText(usd);
  return [`People's time, no part of it: ${reviewHours.toFixed(2)} h of review, ${worth}.`];
}
