/** The contract's procedures: each validates through its schema, calls the application, and no more. */
import type { Contract } from "#shared/contract/contract.ts";
import type { Application } from "#main/services/application.ts";
import { benchmarkProcedures } from "./benchmarks.ts";
import { cockpitProcedures } from "./cockpit.ts";
import { compareProcedures } from "./compare.ts";
import { costProcedures } from "./cost.ts";
import { datasetProcedures } from "./datasets.ts";
import { editProcedures } from "./edits.ts";
import { endpointProcedures } from "./endpoints.ts";
<<<<<<< HEAD
=======
import { pipelineProcedures } from "./pipelines.ts";
import { playgroundProcedures } from "./playground.ts";
import { recipeProcedures } from "./recipes.ts";
>>>>>>> d5af3f3 (words: a recipe that was started is a pipeline, in code, command line and documents; files that only forwarded are gone; the house's decisions)
import { implementContract } from "./implementer.ts";
import type { Procedures } from "./implementer.ts";
import { demoProcedures } from "./launches.ts";
import { modelProcedures } from "./models.ts";
<<<<<<< HEAD
import { pipelineProcedures } from "./pipelines.ts";
import { playgroundProcedures } from "./playground.ts";
import { recipeProcedures } from "./recipes.ts";
import { runProcedures } from "./runs.ts";
import { attentionProcedures, settingsProcedures, systemProcedures } from "./system.ts";
=======
import { comparedEvaluation, preparePipeline } from "#main/services/comparison/pipeline-comparison.ts";
import { pipelineResults } from "#main/services/comparison/results.ts";
import { ENGINE_LOG } from "#main/services/runs/stage-run.ts";
import { attentionItems, doctor, systemInfo } from "#main/services/workspace/system-facts.ts";
>>>>>>> d5af3f3 (words: a recipe that was started is a pipeline, in code, command line and documents; files that only forwarded are gone; the house's decisions)

/** The router over an application. Expected failures become the contract's errors; bugs are reported and stay anonymous. */
export function createRouter(app: Application): Procedures<Contract> {
  const os = implementContract(app);
  return os.router({
    system: systemProcedures(app, os),
    settings: settingsProcedures(app, os),
    attention: attentionProcedures(app, os),
    demo: demoProcedures(app, os),
    recipes: recipeProcedures(app, os),
<<<<<<< HEAD
    pipelines: pipelineProcedures(app, os),
    runs: runProcedures(app, os),
=======
    pipelines: {
      list: os.pipelines.list.handler(({ input }) => store.pipelines.list(input)),
      get: os.pipelines.get.handler(({ input }) => store.pipelines.get(input.pipelineId)),
      ...pipelineProcedures(app, os),
      stop: os.pipelines.stop.handler(({ input }) => {
        runner.stop(input.pipelineId, input.mode);
      }),
      pause: os.pipelines.pause.handler(({ input }) => runner.pause(input.pipelineId, true)),
      continue: os.pipelines.continue.handler(({ input }) => runner.pause(input.pipelineId, false)),
      resume: os.pipelines.resume.handler(({ input }) => {
        runner.resume(input.pipelineId);
      }),
      delete: os.pipelines.delete.handler(({ input }) => {
        app.deletePipeline(input.pipelineId);
      }),
      results: os.pipelines.results.handler(async ({ input }) => {
        await preparePipeline(store, app.pairedTests, input.pipelineId);
        return pipelineResults(store, app.pairedTests, input.pipelineId);
      }),
      watch: os.pipelines.watch.handler(({ input, lastEventId, signal }) => {
        const { pipelineId } = input;
        store.pipelines.summary(pipelineId);
        const runIds = new Set(store.runs.ofPipeline(pipelineId).map(({ id }) => id));
        return numbered(
          live.watch<PipelineLiveEvent>({
            lastEventId,
            signal,
            snapshot: () => ({ type: "snapshot", pipeline: store.pipelines.summary(pipelineId) }),
            select: (event) => {
              const of = subjectOf(event);
              if (isOfWorkspace(event)) return undefined;
              return of.pipelineId === pipelineId ||
                (of.runId !== undefined && runIds.has(of.runId))
                ? event
                : undefined;
            },
          }),
        );
      }),
    },
    runs: {
      list: os.runs.list.handler(({ input }) => store.runs.list(input)),
      get: os.runs.get.handler(({ input }) => ({
        run: store.runs.get(input.runId),
        checkpoints: store.history.checkpoints(input.runId),
        alarms: store.history.alarms(input.runId),
        cost: store.costs.ofRun(input.runId),
        evaluation: comparedEvaluation(store, app.pairedTests, input.runId),
      })),
      stop: os.runs.stop.handler(({ input }) => {
        runner.stop(store.runs.summary(input.runId).pipelineId, input.mode);
      }),
      resume: os.runs.resume.handler(({ input }) => {
        runner.resume(store.runs.summary(input.runId).pipelineId);
      }),
      metrics: os.runs.metrics.handler(({ input }) => {
        store.runs.summary(input.runId);
        return {
          names: store.metrics.names(input.runId),
          series: store.metrics.series(input.runId, input),
        };
      }),
      rolloutSteps: os.runs.rolloutSteps.handler(({ input }) => {
        store.runs.summary(input.runId);
        return store.rollouts.steps(input.runId);
      }),
      rollouts: os.runs.rollouts.handler(({ input }) => {
        store.runs.summary(input.runId);
        return store.rollouts.groups(input.runId, input.step);
      }),
      completion: os.runs.completion.handler(({ input }) => ({
        text: store.rollouts.text(input.runId, input),
      })),
      problems: os.runs.problems.handler(({ input }) => {
        store.runs.summary(input.runId);
        return store.evaluations.listed(input.runId, input);
      }),
      events: os.runs.events.handler(({ input }) => {
        store.runs.summary(input.runId);
        return store.history.events(input.runId, input);
      }),
      log: os.runs.log.handler(({ input }) =>
        endOfFile(join(store.runs.get(input.runId).outDir, ENGINE_LOG), input.maxBytes),
      ),
      watch: os.runs.watch.handler(({ input, lastEventId, signal }) => {
        const { runId } = input;
        const { pipelineId } = store.runs.summary(runId);
        return numbered(
          live.watch<RunLiveEvent>({
            lastEventId,
            signal,
            snapshot: () => ({ type: "snapshot", run: store.runs.summary(runId) }),
            select: (event) => runEvent(event, runId, pipelineId),
          }),
        );
      }),
    },
>>>>>>> d5af3f3 (words: a recipe that was started is a pipeline, in code, command line and documents; files that only forwarded are gone; the house's decisions)
    cockpit: cockpitProcedures(app, os),
    models: modelProcedures(app, os),
    benchmarks: benchmarkProcedures(app, os),
    compare: compareProcedures(app, os),
    cost: costProcedures(app, os),
    datasets: datasetProcedures(app, os),
    edits: editProcedures(app, os),
    endpoints: endpointProcedures(app, os),
    playground: playgroundProcedures(app, os),
  });
}
<<<<<<< HEAD
=======

async function* numbered<T extends object>(stream: AsyncGenerator<Numbered<T>>): AsyncGenerator<T> {
  for await (const { id, event } of stream) yield withEventMeta({ ...event }, { id });
}

/** Events that are about no pipeline. */
type WorkspaceEvent = Extract<
  LiveEvent,
  {
    type:
      | "settings"
      | "models"
      | "model-job"
      | "attention"
      | "dataset"
      | "dataset-job"
      | "edits"
      | "annotations"
      | "ledger"
      | "benchmarks"
      | "recipes"
      | "queue";
  }
>;

function isOfWorkspace(event: LiveEvent): event is WorkspaceEvent {
  const { pipelineId, runId } = subjectOf(event);
  return pipelineId === undefined && runId === undefined;
}

/** Whom an event is about. */
function subjectOf(event: LiveEvent): { pipelineId?: PipelineId; runId?: RunId } {
  switch (event.type) {
    case "pipeline":
      return { pipelineId: event.pipeline.id };
    case "pipeline-deleted":
      return { pipelineId: event.pipelineId };
    case "run":
      return { runId: event.run.id, pipelineId: event.run.pipelineId };
    case "alarm":
      return { runId: event.alarm.runId };
    case "checkpoint":
      return { runId: event.checkpoint.runId };
    case "event":
      return { runId: event.event.runId };
    case "metrics":
    case "rewound":
    case "rollouts":
    case "samples":
    case "evaluation":
      return { runId: event.runId };
    case "settings":
    case "models":
    case "model-job":
    case "attention":
    case "dataset":
    case "dataset-job":
    case "edits":
    case "annotations":
    case "ledger":
    case "benchmarks":
    case "recipes":
    case "queue":
      return {};
    default:
      return event satisfies never;
  }
}

function systemEvent(event: LiveEvent): SystemLiveEvent | undefined {
  switch (event.type) {
    case "metrics":
    case "rewound":
    case "rollouts":
    case "samples":
    case "event":
      return undefined;
    default:
      return event;
  }
}

function runEvent(event: LiveEvent, runId: string, pipelineId: string): RunLiveEvent | undefined {
  if (isOfWorkspace(event)) return undefined;
  switch (event.type) {
    case "pipeline":
      return undefined;
    case "pipeline-deleted":
      return event.pipelineId === pipelineId ? event : undefined;
    default:
      return subjectOf(event).runId === runId ? event : undefined;
  }
}

async function endOfFile(
  file: string,
  maxBytes: number,
): Promise<{ text: string; truncated: boolean }> {
  if (!existsSync(file)) return { text: "", truncated: false };
  const { size } = statSync(file);
  const start = Math.max(0, size - maxBytes);
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(file, { start })) chunks.push(Buffer.from(chunk));
  return { text: Buffer.concat(chunks).toString("utf8"), truncated: start > 0 };
}
>>>>>>> d5af3f3 (words: a recipe that was started is a pipeline, in code, command line and documents; files that only forwarded are gone; the house's decisions)
