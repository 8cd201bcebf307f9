/** The ledger. */
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "../application.ts";
import { publishedCosts } from "../compare/published.ts";
import { projectCost } from "../cost/cost-projection.ts";
import { reviewEntries } from "../cost/review-entries.ts";
import { sharesOf } from "../cost/cost-shares.ts";
import { yieldOf } from "../cost/cost-yield.ts";
import { totalCost } from "../cost-of-usage.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function costProcedures(app: Application, os: Implementer): Procedures<Contract["cost"]> {
  const { store, live, pairedTests } = app;
  const to = os.cost;
  return {
    report: to.report.handler(({ input }) => {
      const entries = store.costs.list(input.pipelineId);
      const ledger = [
        ...(input.pipelineId === undefined ? reviewEntries(store) : []),
        ...store.ledger.list(input.pipelineId),
      ].sort((a, b) => b.timeMs - a.timeMs);
      const byPipeline = Map.groupBy(entries, (entry) => entry.pipelineId);
      const total = totalCost(entries);
      return {
        prices: store.settings.get().prices,
        priceChanges: store.ledger.priceChanges(),
        pipelines: [...byPipeline].map(([pipelineId, own]) => {
          const { name, createdAtMs } = store.pipelines.summary(pipelineId);
          return {
            pipelineId,
            name,
            createdAtMs,
            entries: own,
            total: totalCost(own),
            shares: sharesOf(
              store,
              own,
              ledger.filter((entry) => entry.pipelineId === pipelineId),
            ),
            yield: yieldOf(store, pairedTests, pipelineId, own),
          };
        }),
        ledger,
        total,
        shares: sharesOf(store, entries, ledger),
        totalUsd: total.totalUsd + ledger.reduce((sum, entry) => sum + entry.totalUsd, 0),
      };
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
      live.publish([{ type: "ledger" }]);
      return added;
    }),
    project: to.project.handler(({ input }) => projectCost(store, input)),
    published: to.published.handler(() => publishedCosts()),
  };
}
