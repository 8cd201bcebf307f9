/** The ledger. */
import { setImmediate } from "node:timers/promises";
import type { Contract } from "#shared/contract/contract.ts";
import type { CostEntry, LedgerEntry } from "#shared/schema/cost.ts";
import type { PipelineId } from "#shared/schema/run.ts";
import type { Application } from "#main/services/application.ts";
import { publishedCosts } from "#main/services/comparison/published.ts";
import { projectCost } from "#main/services/costs/cost-projection.ts";
import { peopleTime, spendingOf, spendingShares, sumOf } from "#main/services/costs/spending.ts";
import { yieldOf } from "#main/services/costs/cost-yield.ts";
import { totalCost } from "#main/services/costs/cost-of-usage.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function costProcedures(app: Application, os: Implementer): Procedures<Contract["cost"]> {
  const { store, live } = app;
  const to = os.cost;
  return {
    report: to.report.handler(async ({ input }) => {
      const spending = spendingOf(store, input.pipelineId);
      const { entries, ledger, totalUsd } = spending;
      const ids = [...entries, ...ledger].flatMap(({ pipelineId }) => pipelineId ?? []);
      const pipelines = [];
      for (const pipelineId of new Set(ids)) {
        await setImmediate();
        pipelines.push(pipelineCost(app, pipelineId, entries, ledger));
      }
      return {
        prices: store.settings.get().prices,
        priceChanges: store.ledger.priceChanges(),
        pipelines,
        ledger: [...ledger],
        shares: spendingShares(store, spending),
        totalUsd,
        unpriced: store.endpointAnswers.unpricedUses(input),
        ...store.endpointAnswers.unpriced(input),
        people: peopleTime(store, spending),
      };
    }),
    spent: to.spent.handler(() => {
      const spending = spendingOf(store, undefined);
      return { totalUsd: spending.totalUsd, people: peopleTime(store, spending) };
    }),
    add: to.add.handler(({ input }) => {
      if (input.pipelineId !== undefined) store.pipelines.summary(input.pipelineId);
      const { pipelineId, timeMs, ...entry } = input;
      const added = store.transaction(() =>
        store.ledger.add({
          ...entry,
          pipelineId: pipelineId ?? null,
          timeMs: timeMs ?? app.now(),
          how: "by hand",
        }),
      );
      live.publish([
        ...(pipelineId === undefined
          ? []
          : [{ type: "pipeline" as const, pipeline: store.pipelines.summary(pipelineId) }]),
        { type: "ledger" },
      ]);
      return added;
    }),
    project: to.project.handler(({ input }) => projectCost(store, input)),
    published: to.published.handler(() => publishedCosts()),
  };
}

function pipelineCost(
  { store, pairedTests }: Application,
  pipelineId: PipelineId,
  entries: readonly CostEntry[],
  ledger: readonly LedgerEntry[],
) {
  const { name, createdAtMs } = store.pipelines.summary(pipelineId);
  const own = entries.filter((entry) => entry.pipelineId === pipelineId);
  const bought = ledger.filter((entry) => entry.pipelineId === pipelineId);
  return {
    pipelineId,
    name,
    createdAtMs,
    entries: own,
    total: totalCost(own),
    ...sumOf(own, bought),
    ...store.endpointAnswers.unpriced({ pipelineId }),
    shares: spendingShares(store, { entries: own, ledger: bought }),
    yield: yieldOf(store, pairedTests, pipelineId, own),
  };
}
