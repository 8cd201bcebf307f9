/** What can be done to a pipeline now, and its commands. Stopping and resuming are asked about, whether a key or a button began them. */
import { useCallback, useMemo, useState } from "react";
import type { Pipeline, RunSummary } from "#shared/schema/run.ts";
import { useCommands } from "#renderer/navigation/command-registry.ts";
import type { Command } from "#renderer/navigation/command-registry.ts";
import type { Failure } from "#renderer/bridge/failure.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { canResume, isActive, isPaused } from "./pipeline-facts.ts";

export interface PipelineActs {
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  /** The question that is shown. */
  readonly asked: "stop" | "resume" | undefined;
  readonly ask: (question: "stop" | "resume") => void;
  readonly dismiss: () => void;
  /** A stage is at work, so that the pipeline can pause or, paused, continue. */
  readonly running: boolean;
  readonly paused: boolean;
  readonly pauseOrContinue: () => void;
  readonly stoppable: boolean;
  readonly stop: (mode: "keep" | "discard") => void;
  readonly resumable: boolean;
  readonly resume: () => void;
}

export function usePipelineActs(
  pipeline: Pick<Pipeline, "id" | "name" | "status">,
  run: RunSummary | undefined,
): PipelineActs {
  const { id: pipelineId, status } = pipeline;
  const { busy, failure, run: call } = useAct();
  const [asked, setAsked] = useState<PipelineActs["asked"]>(undefined);
  const running = status === "running" && run !== undefined;
  const paused = running && isPaused(run);
  const answer = (act: () => Promise<unknown>): void =>
    void call(act).then((done) => {
      if (done) setAsked(undefined);
    });
  const acts: PipelineActs = {
    busy,
    failure,
    asked,
    ask: setAsked,
    dismiss: () => setAsked(undefined),
    running,
    paused,
    pauseOrContinue: useCallback(
      () => void call(() => host.pipelines[paused ? "continue" : "pause"]({ pipelineId })),
      [call, pipelineId, paused],
    ),
    stoppable: isActive(status) && status !== "stopping",
    stop: (mode) => answer(() => host.pipelines.stop({ pipelineId, mode })),
    resumable: canResume(status),
    resume: () => answer(() => host.pipelines.resume({ pipelineId })),
  };
  usePipelineCommands(pipeline.name, acts);
  return acts;
}

function usePipelineCommands(name: string, acts: PipelineActs): void {
  const { stoppable, running, paused, resumable, pauseOrContinue, ask } = acts;
  useCommands(
    useMemo(
      (): readonly Command[] => [
        {
          id: "pipeline.stop",
          title: `Stop ${name}…`,
          note: "asks what to keep",
          group: "This screen",
          keys: "S",
          notNow: stoppable ? undefined : "it is not at work",
          run: () => ask("stop"),
        },
        {
          id: "pipeline.pause",
          title: paused ? `Continue ${name}` : `Pause ${name}`,
          note: paused ? "where it waits" : "at its next step, kept in memory",
          group: "This screen",
          keys: "P",
          notNow: running ? undefined : "it is not running",
          run: pauseOrContinue,
        },
        {
          id: "pipeline.resume",
          title: `Resume ${name}…`,
          note: "from its last checkpoint",
          group: "This screen",
          keys: "R",
          notNow: resumable ? undefined : "it is not stopped",
          run: () => ask("resume"),
        },
      ],
      [name, stoppable, running, paused, pauseOrContinue, resumable, ask],
    ),
  );
}
