/** Watches a pipeline from the terminal until it ends, and lets Ctrl+C stop it at a checkpoint. */
import type { PipelineId, PipelineSummary, RunSummary } from "#shared/schema/run.ts";
import { usdText } from "#shared/usd-text.ts";
import type { OpenHost } from "../open-host.ts";
import { duration } from "./live-line.ts";
import { percent, percentRange } from "./score-text.ts";
import { Cancelled } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

const ENDED = new Set(["finished", "failed", "stopped", "cancelled"]);

/** Resolves with the pipeline once it does not work any more. Throws Cancelled where the user left. */
export async function follow(
  host: OpenHost,
  pipelineId: PipelineId,
  terminal: Terminal,
): Promise<PipelineSummary> {
  const leave = new AbortController();
  let asked = false;
  const onInterrupt = (): void => {
    if (host.app === undefined || asked) {
      leave.abort();
      return;
    }
    asked = true;
    terminal.note("Stopping at the next checkpoint. Press Ctrl+C again to end at once.");
    host.client.pipelines.stop({ pipelineId, mode: "keep" }).catch(() => {
      leave.abort();
    });
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  try {
    const last = await watchToTheEnd(host, pipelineId, terminal, leave.signal);
    if (asked && last.status === "stopped") {
      terminal.note(`Stopped. Go on with: gradus runs resume ${pipelineId}`);
      throw new Cancelled();
    }
    return last;
  } catch (error) {
    if (!leave.signal.aborted) throw error;
    terminal.note(
      host.pid === undefined
        ? `Ended. Go on with: gradus runs resume ${pipelineId}`
        : `It goes on in process ${host.pid}. Stop it with: gradus runs stop ${pipelineId}`,
    );
    throw new Cancelled();
  } finally {
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
  }
}

async function watchToTheEnd(
  host: OpenHost,
  pipelineId: PipelineId,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<PipelineSummary> {
  const told = new Map<string, string>();
  const tellRun = (run: RunSummary): void => {
    const before = told.get(run.id);
    told.set(run.id, run.status);
    if (run.status === "running")
      terminal.line.show(`${run.id} ${phaseOf(run)}`, progressText(run));
    else if (before !== undefined && before !== run.status && ENDED.has(run.status)) {
      terminal.note(endText(run));
    }
  };
  for await (const event of await host.client.pipelines.watch({ pipelineId }, { signal })) {
    if (event.type === "alarm" && event.alarm.level !== "info") {
      terminal.note(`! ${event.alarm.message} ${event.alarm.advice}`);
    } else if (event.type === "event" && event.event.kind === "attempt") {
      if (event.event.level === "warning") terminal.note(`! ${event.event.message}`);
    } else if (event.type === "run") tellRun(event.run);
    else if (event.type === "snapshot" || event.type === "pipeline") {
      event.pipeline.runs.forEach(tellRun);
      if (ENDED.has(event.pipeline.status)) return event.pipeline;
    }
  }
  signal.throwIfAborted();
  return host.client.pipelines.get({ pipelineId });
}

function phaseOf(run: RunSummary): string {
  return run.progress?.phase ?? "starting";
}

function progressText(run: RunSummary): string {
  const { progress } = run;
  if (progress === null) return `${run.stageName}: starting`;
  const parts = [
    `${run.stageName}: ${progress.phase} ${progress.done}/${progress.total} ${progress.unit}`,
  ];
  if (progress.tokensPerSecond !== null) {
    parts.push(`${Math.round(progress.tokensPerSecond).toLocaleString("en-US")} tokens/s`);
  }
  if (progress.etaMs !== null) parts.push(`${duration(progress.etaMs)} left`);
  return parts.join(" · ");
}

function endText(run: RunSummary): string {
  const parts = [`${run.stageName}: ${run.status}`];
  if (run.startedAtMs !== null && run.endedAtMs !== null) parts.push(duration(run.activeMs));
  if (run.score !== null) {
    const { value, n, k } = run.score;
    parts.push(`pass@1 ${percent(value)} (${percentRange(run.score)}, n ${n}, k ${k})`);
  }
  if (run.costUsd !== null) parts.push(usdText(run.costUsd));
  if (run.statusReason !== null) parts.push(run.statusReason.message);
  return parts.join(" · ");
}
