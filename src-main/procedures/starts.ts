/** Starting recipes, the demo among them, alone or as a sweep, and the queue they wait in. */
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "#main/services/application.ts";
import { requireRecipe } from "#main/services/recipes/checks/recipe-checks.ts";
import { sweepLaunches } from "#main/services/recipes/sweep-launches.ts";
import type { Implementer, Procedures } from "./implementer.ts";

type PipelineStarts = Pick<
  Contract["pipelines"],
  "start" | "startSweep" | "sweeps" | "queue" | "move" | "hold"
>;

export function startProcedures(app: Application, os: Implementer): Procedures<PipelineStarts> {
  const to = os.pipelines;
  const { runner, store } = app;
  return {
    // A stage's memory is counted with the lengths of its problems: they are at hand before it is.
    start: to.start.handler(async ({ input, signal }) => {
      await app.tasks.try(requireRecipe(input.yaml, input.overrides).stages, signal);
      return { pipelineId: app.startPipeline(input) };
    }),
    startSweep: to.startSweep.handler(async ({ input, signal }) => {
      const stages = sweepLaunches(input).flatMap(({ recipe }) => recipe.stages);
      await app.tasks.try(stages, signal);
      return app.startSweep(input);
    }),
    sweeps: to.sweeps.handler(() => store.sweeps.list()),
    queue: to.queue.handler(() => runner.queue()),
    move: to.move.handler(({ input }) => {
      runner.move(input.pipelineId, input.to);
      return runner.queue();
    }),
    hold: to.hold.handler(({ input }) => {
      runner.hold(input.pipelineId, input.held);
      return runner.queue();
    }),
  };
}

export function demoProcedures(app: Application, os: Implementer): Procedures<Contract["demo"]> {
  return { start: os.demo.start.handler(({ input }) => ({ pipelineId: app.startDemo(input) })) };
}
