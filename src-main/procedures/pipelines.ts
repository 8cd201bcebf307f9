/** Pipelines: their starts and their queue, their course, their results. */
import type { Contract } from "#shared/contract/contract.ts";
import type { PipelineLiveEvent } from "#shared/schema/live.ts";
import type { Application } from "#main/services/application.ts";
import { preparePipeline } from "#main/services/comparison/pipeline-comparison.ts";
import { pipelineResults } from "#main/services/comparison/results.ts";
import { ofPipeline } from "#main/services/workspace/live-selection.ts";
import type { Implementer, Procedures } from "./implementer.ts";
import { startProcedures } from "./starts.ts";
import { numbered } from "./numbered.ts";

export function pipelineProcedures(
  app: Application,
  os: Implementer,
): Procedures<Contract["pipelines"]> {
  const to = os.pipelines;
  const { store, runner, live } = app;
  return {
    list: to.list.handler(({ input }) => store.pipelines.list(input)),
    get: to.get.handler(({ input }) => store.pipelines.get(input.pipelineId)),
    ...startProcedures(app, os),
    stop: to.stop.handler(({ input }) => {
      runner.stop(input.pipelineId, input.mode);
    }),
    pause: to.pause.handler(({ input }) => runner.pause(input.pipelineId, true)),
    continue: to.continue.handler(({ input }) => runner.pause(input.pipelineId, false)),
    resume: to.resume.handler(({ input }) => {
      runner.resume(input.pipelineId, input.capUsd);
    }),
    delete: to.delete.handler(({ input }) => {
      app.deletePipeline(input.pipelineId);
    }),
    results: to.results.handler(async ({ input }) => {
      await preparePipeline(store, app.pairedTests, input.pipelineId);
      return pipelineResults(store, app.pairedTests, input.pipelineId);
    }),
    watch: to.watch.handler(({ input, lastEventId, signal }) => {
      const { pipelineId } = input;
      store.pipelines.summary(pipelineId);
      const runIds = new Set(store.runs.ofPipeline(pipelineId).map(({ id }) => id));
      return numbered(
        live.watch<PipelineLiveEvent>({
          lastEventId,
          signal,
          snapshot: () => ({ type: "snapshot", pipeline: store.pipelines.summary(pipelineId) }),
          select: (event) => ofPipeline(event, pipelineId, runIds),
        }),
      );
    }),
  };
}
