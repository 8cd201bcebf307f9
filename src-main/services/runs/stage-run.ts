/**
 * One attempt at one stage: goes back to its last checkpoint, runs the engine, and writes how it
 * ended. What the engine did after that checkpoint is forgotten first and comes again, so that
 * nothing is there twice.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AppError } from "#shared/errors.ts";
import { RuntimeChoice } from "#shared/schema/engine-protocol.ts";
import { modelTeacher } from "#shared/schema/recipe.ts";
import type { Recipe } from "#shared/schema/recipe.ts";
import { allExampleSources } from "#shared/schema/stages/example-data.ts";
import type { Run, RunEvent, RunStatus, StatusReason } from "#shared/schema/run.ts";
import { fileSha256, weightsSha256 } from "#main/core/formats/inspect-model.ts";
import { SAMPLED_ANSWERS } from "#main/core/sampled-answers.ts";
import type { StartRequest } from "#main/core/stage-context.ts";
import { describeExit } from "#main/processes/child-exit.ts";
import { StageSupervisor } from "#main/processes/engine/supervisor.ts";
import type { StageOutcome } from "#main/processes/engine/supervisor.ts";
import type { Store } from "#main/store/store.ts";
import type { SetReader } from "#main/core/problems/problem-supply.ts";
import { BENCHMARK_FILE, writeBenchmark } from "../benchmarks/benchmark-file.ts";
import { laterBenchmarks } from "../benchmarks/later-benchmarks.ts";
import { askOutsideBenchmarks } from "../benchmarks/outside-benchmarks.ts";
import type { OutsideBenchmarks } from "../benchmarks/outside-benchmarks.ts";
import { PROBLEM_FILES, writeProblemFiles } from "../problems/problem-files.ts";
import { problemSourcesOf } from "../problems/set-reader.ts";
import type { SoundCheckpoint } from "./run-checkpoints.ts";
import { runIdOf } from "./write-pipeline.ts";
import { isVersionRef } from "../datasets/version-service.ts";
import type { VersionService } from "../datasets/version-service.ts";
import type { LiveEvents } from "../workspace/live-events.ts";
import { MADE_PROBLEMS } from "#main/core/problems/outside/outside-problems.ts";
import { PLUGIN_FILES } from "../plugins/workspace-tasks.ts";
import type { WorkspaceTasks } from "../plugins/workspace-tasks.ts";
import { REWARD_FOLDER } from "../recipes/reward-files.ts";
import type { RewardFiles } from "../recipes/reward-files.ts";
import { earlierStage } from "../recipes/checks/recipe-checks.ts";
import { requireMemory } from "../recipes/checks/memory-check.ts";
import { chargeRequests } from "../endpoints/charge-requests.ts";
import type { Endpoints } from "../endpoints/endpoints.ts";
import { halvingsOf } from "./out-of-memory.ts";
import { ENGINE_LOG } from "./run-log.ts";
import { RunRecorder } from "./run-recorder.ts";
import { StageAnswers } from "./stage-answers.ts";

export interface StageRunDeps {
  readonly store: Store;
  readonly live: LiveEvents;
  readonly versions: VersionService;
  readonly sets: SetReader;
  readonly rewardFiles: RewardFiles;
  readonly tasks: WorkspaceTasks;
  readonly endpoints: Endpoints;
  readonly engineEntry: string;
  readonly now: () => number;
  /** See `MemoryDeps`. */
  readonly oomKills: () => number | null;
}

export interface StageEnd {
  readonly status: RunStatus;
  readonly reason: StatusReason | null;
}

/** What is asked of tasks that run elsewhere before a stage starts. */
export interface StageBefore {
  /** First problems of the benchmarks behind it. */
  readonly outside: OutsideBenchmarks;
}

/** Makes the problems whose lengths count in the stage's memory, and those that it had better not learn. */
export async function beforeStage(
  { tasks, sets }: StageRunDeps,
  run: Run,
  recipe: Recipe,
  { checkpoint }: SoundCheckpoint,
  stop: AbortSignal,
): Promise<StageBefore> {
  await tasks.try([run.config]);
  const from = { sets, outside: tasks };
  const isNew = checkpoint === undefined;
  return {
    outside: isNew ? await askOutsideBenchmarks(run.config, recipe, from, stop) : new Map(),
  };
}

/** Starts a run's next attempt. Throws AppError where an input is missing, and OUT_OF_MEMORY where it would not fit. */
export function startStage(
  deps: StageRunDeps,
  run: Run,
  recipe: Recipe,
  { checkpoint, damaged }: SoundCheckpoint,
  before: StageBefore,
): StageSupervisor {
  const { store, now } = deps;
  const inputs = inputsOfRun(deps, run, recipe, checkpoint === undefined ? before : undefined);
  const halvings = halvingsOf(store, run);
  const runtime = RuntimeChoice.parse(store.pipelines.runtimeOf(run.pipelineId));
  const { model, teacher } = inputs.models;
  if (halvings === 0 && model !== undefined)
    requireMemory(run.config, { model, teacher }, runtime, {
      sets: deps.sets,
      tried: deps.tasks.tried,
    });
  const fromStep = checkpoint?.step ?? 0;
  const attempt = store.transaction(() => {
    store.rewind(run.id, checkpoint);
    return store.runs.startAttempt(run.id, fromStep, now());
  });
  if (attempt > 1) {
    deps.live.publish([{ type: "rewound", runId: run.id, step: fromStep }]);
    const hasAnswers = checkpoint === undefined && existsSync(join(run.outDir, SAMPLED_ANSWERS));
    const from = hasAnswers ? "with the answers that it has" : `from step ${fromStep}`;
    tell(deps, run, "attempt", `Goes on ${from} (attempt ${attempt}).`);
  }
  for (const { step, reason } of damaged) {
    const instead = checkpoint === undefined ? "begins anew" : `goes on from step ${fromStep}`;
    const message = `The checkpoint of step ${step} cannot be used, so the stage ${instead}. ${reason}`;
    tell(deps, run, "attempt", message, "warning");
  }
  for (const [benchmark, problems] of before.outside)
    if (typeof problems === "string")
      tell(
        deps,
        run,
        "log",
        `What the benchmark ${benchmark} asks is not compared with what this stage learns from: ${problems}`,
      );
  if (checkpoint === undefined) clearOutput(run.outDir);
  mkdirSync(run.outDir, { recursive: true });
  const rewardFiles = deps.rewardFiles.copyFor(run.config, run.outDir);
  const request: StartRequest = {
    type: "start",
    runId: run.id,
    stage: run.config,
    seed: run.seed,
    runtime,
    ...inputs,
    pluginFiles: deps.tasks.copyFor(run.config, run.outDir),
    rewardFiles,
    ...withGym(deps.tasks.gymFor(run.config)),
    outDir: run.outDir,
    ...(checkpoint === undefined ? {} : { resumeFrom: checkpoint.dir }),
    ...(halvings === 0 ? {} : { halvings }),
  };
  const supervisor = new StageSupervisor(
    {
      entry: deps.engineEntry,
      request,
      logFile: join(run.outDir, ENGINE_LOG),
    },
    new RunRecorder(store, deps.live, run.id, run.config.model, now),
    new StageAnswers(deps, run, rewardFiles),
  );
  if (supervisor.pid !== undefined) store.runs.setAttemptPid(run.id, attempt, supervisor.pid);
  deps.live.publish([{ type: "run", run: store.runs.summary(run.id) }]);
  return supervisor;
}

function withGym(gym: StartRequest["gym"]): Pick<StartRequest, "gym"> {
  return gym === undefined ? {} : { gym };
}

/** What a run is given at its start, problems that were made for it, and answers to them: it goes on with the same ones. */
const KEPT_FILES: ReadonlySet<string> = new Set([
  ENGINE_LOG,
  BENCHMARK_FILE,
  PROBLEM_FILES,
  REWARD_FOLDER,
  PLUGIN_FILES,
  MADE_PROBLEMS,
  SAMPLED_ANSWERS,
]);

/** A stage that begins anew must not find half of what an earlier attempt wrote. The printed log stays. */
function clearOutput(outDir: string): void {
  if (!existsSync(outDir)) return;
  for (const name of readdirSync(outDir).filter((entry) => !KEPT_FILES.has(entry))) {
    rmSync(join(outDir, name), { recursive: true, force: true });
  }
}

/** Writes how an attempt ended. */
export async function endStage(
  deps: StageRunDeps,
  run: Run,
  outcome: StageOutcome,
): Promise<StageEnd> {
  const { store } = deps;
  const end = endOf(outcome, store.runs.summary(run.id).lastStep);
  const sha256 = end.status === "finished" ? await outputSha256(store.runs.get(run.id)) : null;
  store.transaction(() => {
    if (sha256 !== null) store.runs.setOutputSha256(run.id, sha256);
    store.runs.endAttempt(run.id, end.status, end.reason, deps.now());
    for (const note of chargeRequests(store, run.id, deps.now())) tell(deps, run, "log", note);
    tell(
      deps,
      run,
      "status",
      end.reason?.message ??
        (end.status === "finished" ? "Finished." : `The run is ${end.status}.`),
    );
  });
  // What it was read for is in the store, or in the stage's dataset.
  if (end.status === "finished") rmSync(join(run.outDir, SAMPLED_ANSWERS), { force: true });
  deps.live.publish([
    { type: "run", run: store.runs.summary(run.id) },
    { type: "pipeline", pipeline: store.pipelines.summary(run.pipelineId) },
    { type: "ledger" },
  ]);
  return end;
}

async function outputSha256(run: Run): Promise<string | null> {
  if (run.outputModel !== null) return weightsSha256(run.outputModel);
  return run.outputDataset === null ? null : fileSha256(run.outputDataset);
}

function endOf(outcome: StageOutcome, lastStep: number): StageEnd {
  switch (outcome.kind) {
    case "finished":
      return { status: "finished", reason: null };
    case "stopped":
      return outcome.mode === "discard"
        ? { status: "cancelled", reason: null }
        : {
            status: "stopped",
            reason: {
              code: "STOPPED",
              message: outcome.killed
                ? "Stopped on request; it did not come to a checkpoint in time."
                : "Stopped on request.",
              advice: "Resume goes on from the last checkpoint.",
            },
          };
    case "failed":
      return {
        status: outcome.kept ? "stopped" : "failed",
        reason: { code: outcome.code, message: outcome.message, advice: outcome.advice },
      };
    case "crashed":
      return {
        status: "stopped",
        reason: {
          code: "ENGINE_CRASHED",
          message: `The engine process ${describeExit(outcome.exit)} after step ${lastStep}.`,
          advice:
            "Resume goes on from the last checkpoint; the run's log holds what the engine printed.",
        },
      };
    case "unrecorded": {
      const { error } = outcome;
      const known = error instanceof AppError;
      return {
        status: "stopped",
        reason: {
          code: known ? error.code : "ENGINE_ERROR",
          message: `Stopped because its results could not be kept: ${error instanceof Error ? error.message : String(error)}`,
          advice: (known ? error.advice : undefined) ?? "Resume goes on from the last checkpoint.",
        },
      };
    }
    case "protocol":
      return {
        status: "stopped",
        reason: {
          code: "ENGINE_ERROR",
          message: `The engine and the host did not understand each other: ${outcome.message}`,
          advice: "Resume goes on from the last checkpoint. Please report this.",
        },
      };
    default:
      return outcome satisfies never;
  }
}

/** The folders of the models that a stage uses, the recipe's own or what earlier runs wrote. */
export function modelsOfRun(store: Store, run: Run, recipe: Recipe): Record<string, string> {
  const { config } = run;
  const modelFolder = (name: string): string => {
    const named = recipe.models[name];
    if (named !== undefined && earlierStage(recipe, config, name) === undefined) return named;
    return outputOfStage(store, run, name, "model");
  };
  const teacher = modelTeacher(config);
  return {
    model: modelFolder(config.model),
    ...(teacher === undefined ? {} : { teacher: modelFolder(teacher) }),
  };
}

/**
 * Its models, its problems, and the dataset: a published version, a file, or what an earlier run wrote.
 * @param begins where it begins at its first step
 */
function inputsOfRun(
  { store, versions, sets }: StageRunDeps,
  run: Run,
  recipe: Recipe,
  begins: StageBefore | undefined,
): Pick<
  StartRequest,
  "models" | "datasetFile" | "exampleFiles" | "problemFiles" | "laterBenchmarks"
> {
  const models = modelsOfRun(store, run, recipe);
  const { config } = run;
  if (config.kind === "benchmark" && "benchmark" in config.data)
    return {
      models,
      datasetFile: writeBenchmark(store.benchmarks, config.data.benchmark, run.outDir),
    };
  const { benchmarks } = store;
  const later =
    begins === undefined
      ? []
      : laterBenchmarks(config, recipe, run.outDir, { sets, benchmarks, ...begins });
  const more = later.flatMap(({ stage }) => problemSourcesOf(stage));
  const asked = {
    ...(problemSourcesOf(config).length + more.length > 0
      ? { problemFiles: writeProblemFiles(config, run.outDir, sets, more) }
      : {}),
    ...(later.length > 0 ? { laterBenchmarks: later } : {}),
  };
  if (config.kind !== "sft") return { models, ...asked };
  const exampleFiles = allExampleSources(config).flatMap(({ source }) => {
    if ("stage" in source) return [outputOfStage(store, run, source.stage, "dataset")];
    if (!("dataset" in source)) return [];
    const { dataset } = source;
    return [isVersionRef(dataset) ? versions.trainingFile(versions.get(dataset)) : dataset];
  });
  return { models, ...asked, ...(exampleFiles.length === 0 ? {} : { exampleFiles }) };
}

function outputOfStage(
  store: Store,
  run: Run,
  stageName: string,
  kind: "model" | "dataset",
): string {
  const source = store.runs.get(runIdOf(run.pipelineId, stageName));
  const path = kind === "model" ? source.outputModel : source.outputDataset;
  if (path === null || !existsSync(path)) {
    throw new AppError(
      "NOT_FOUND",
      `The stage "${run.stageName}" needs the ${kind} of "${stageName}", which is not there${path === null ? "" : ` (${path})`}.`,
      "Start the recipe anew: the earlier stage's files were moved or deleted.",
    );
  }
  return path;
}

function tell(
  deps: StageRunDeps,
  run: Run,
  kind: RunEvent["kind"],
  message: string,
  level: RunEvent["level"] = "info",
): void {
  const event = deps.store.history.addEvent({
    runId: run.id,
    timeMs: deps.now(),
    kind,
    level,
    message,
  });
  deps.live.publish([{ type: "event", event }]);
}
