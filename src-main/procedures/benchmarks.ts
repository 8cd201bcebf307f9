/** Benchmarks: listing, importing, running. */
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "#main/services/application.ts";
import { benchmarkProtocols } from "#main/services/benchmarks/benchmark-list.ts";
import { importBenchmark } from "#main/services/benchmarks/import-benchmark.ts";
import { benchmarkRecipe } from "#main/services/benchmarks/run-benchmark.ts";
import { deleteSet } from "#main/services/problems/delete-set.ts";
import { requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import type { Implementer, Procedures } from "./implementer.ts";

export function benchmarkProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["benchmarks"]> {
  const { store, live } = app;
  const to = os.benchmarks;
  return {
    list: to.list.handler(() => ({
      protocols: benchmarkProtocols(store),
      sets: store.benchmarks.list(),
      tasks: app.tasks.facts().map(({ name, title, difficulties, difficultyUnit }) => ({
        name,
        title,
        difficulties: [...difficulties],
        difficultyUnit,
      })),
    })),
    items: to.items.handler(({ input }) => ({
      total: store.benchmarks.get(input.id).problems,
      items: store.benchmarks.items(input.id, input),
    })),
    import: to.import.handler(({ input }) => {
      const imported = importBenchmark(store, input, app.now());
      if (imported.set !== null) live.publish([{ type: "benchmarks" }]);
      return imported;
    }),
    delete: to.delete.handler(({ input }) => {
      store.benchmarks.get(input.id);
      deleteSet(store, input.id);
      live.publish([{ type: "benchmarks" }]);
    }),
    run: to.run.handler(async ({ input, signal }) => {
      const yaml = benchmarkRecipe(app, input);
      await app.tasks.try(requireRecipe(yaml).stages, signal);
      return {
        pipelineId: app.startPipeline({ yaml, seed: input.seed, runtime: input.runtime }),
      };
    }),
  };
}
