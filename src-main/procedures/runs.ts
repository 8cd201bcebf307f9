/** One stage of a pipeline: what it was, what it does, and everything that it left. */
import type { Contract } from "#shared/contract/contract.ts";
import { acceptanceOf } from "#shared/schema/acceptance.ts";
import type { RunLiveEvent } from "#shared/schema/live.ts";
import type { Application } from "#main/services/application.ts";
import { comparedEvaluation } from "#main/services/comparison/pipeline-comparison.ts";
import { endOfLog } from "#main/services/runs/run-log.ts";
import { ofRun } from "#main/services/workspace/live-selection.ts";
import type { Implementer, Procedures } from "./implementer.ts";
import { numbered } from "./numbered.ts";

export function runProcedures(app: Application, os: Implementer): Procedures<Contract["runs"]> {
  const to = os.runs;
  const { store, runner, live } = app;
  return {
    list: to.list.handler(({ input }) => store.runs.list(input)),
    get: to.get.handler(({ input }) => ({
      run: store.runs.get(input.runId),
      checkpoints: store.history.checkpoints(input.runId),
      alarms: store.history.alarms(input.runId),
      cost: store.costs.ofRun(input.runId),
      ...store.endpointAnswers.unpriced({ runId: input.runId }),
      evaluation: comparedEvaluation(store, app.pairedTests, input.runId),
      acceptance: acceptanceOf(store.metrics.names(input.runId)),
    })),
    stop: to.stop.handler(({ input }) => {
      runner.stop(store.runs.summary(input.runId).pipelineId, input.mode);
    }),
    resume: to.resume.handler(({ input }) => {
      runner.resume(store.runs.summary(input.runId).pipelineId);
    }),
    metrics: to.metrics.handler(({ input }) => {
      store.runs.summary(input.runId);
      return {
        names: store.metrics.names(input.runId),
        series: store.metrics.series(input.runId, input),
      };
    }),
    rolloutSteps: to.rolloutSteps.handler(({ input }) => {
      store.runs.summary(input.runId);
      return store.rollouts.steps(input.runId);
    }),
    rollouts: to.rollouts.handler(({ input }) => {
      store.runs.summary(input.runId);
      return store.rollouts.groups(input.runId, input.step);
    }),
    completion: to.completion.handler(({ input }) => ({
      text: store.rollouts.text(input.runId, input),
    })),
    problems: to.problems.handler(({ input }) => {
      store.runs.summary(input.runId);
      return store.evaluations.listed(input.runId, input);
    }),
    events: to.events.handler(({ input }) => {
      store.runs.summary(input.runId);
      return store.history.events(input.runId, input);
    }),
    log: to.log.handler(({ input }) => endOfLog(store, input.runId, input.maxBytes)),
    watch: to.watch.handler(({ input, lastEventId, signal }) => {
      const { runId } = input;
      const { pipelineId } = store.runs.summary(runId);
      return numbered(
        live.watch<RunLiveEvent>({
          lastEventId,
          signal,
          snapshot: () => ({ type: "snapshot", run: store.runs.summary(runId) }),
          select: (event) => ofRun(event, runId, pipelineId),
        }),
      );
    }),
  };
}
