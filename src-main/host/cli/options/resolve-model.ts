/** A model as a command names it: one that is here, or one that is got first, with its progress on the terminal. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { ORPCError } from "@orpc/client";
import { AppError } from "#shared/errors.ts";
import type { ModelJob } from "#shared/schema/model.ts";
import { duration } from "../printing/live-line.ts";
import type { OpenHost } from "../open-host.ts";
import { Cancelled } from "../printing/terminal.ts";
import type { Terminal } from "../printing/terminal.ts";

export interface NamedModel {
  /** By which the host finds it: an id or a full path. */
  readonly name: string;
  readonly path: string;
}

/**
 * The model that `text` names, got first where it is a catalogue's name, a hub id or a GGUF file that is not here yet.
 * @throws what getting it throws; Cancelled
 */
export async function resolveModel(
  host: OpenHost,
  terminal: Terminal,
  text: string,
  relativeTo: string = process.cwd(),
): Promise<NamedModel> {
  // The host may have another current folder.
  const path = resolve(relativeTo, text);
  const name = existsSync(path) ? path : text;
  try {
    return { name, ...(await host.client.models.resolve({ name })) };
  } catch (error) {
    if (!(error instanceof ORPCError) || error.code !== "NOT_FOUND") throw error;
  }
  const { modelId } = await getModel(host, terminal, { source: name });
  return { name: modelId, ...(await host.client.models.resolve({ name: modelId })) };
}

/** Gets a model and shows how far it is. @throws AppError DOWNLOAD_FAILED …, Cancelled */
export async function getModel(
  host: OpenHost,
  terminal: Terminal,
  wanted: { readonly source: string; readonly name?: string },
): Promise<ModelJob & { readonly modelId: string }> {
  const { client } = host;
  const job = await client.models.get(wanted);
  const watching = new AbortController();
  const onInterrupt = (): void => {
    void client.models.cancel({ jobId: job.id });
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  try {
    void showProgress(host, terminal, job.id, watching.signal);
    return endedJob(await client.models.wait({ jobId: job.id }), terminal);
  } finally {
    watching.abort();
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
  }
}

function endedJob(job: ModelJob, terminal: Terminal): ModelJob & { readonly modelId: string } {
  const { modelId } = job;
  if (job.phase === "cancelled") {
    terminal.note("Cancelled. What was downloaded is kept: the same command goes on from there.");
    throw new Cancelled();
  }
  if (job.phase === "done" && modelId !== null) return { ...job, modelId };
  throw new AppError(
    "DOWNLOAD_FAILED",
    job.message ?? `${job.source} could not be got.`,
    job.advice ?? undefined,
  );
}

async function showProgress(
  host: OpenHost,
  terminal: Terminal,
  jobId: string,
  signal: AbortSignal,
): Promise<void> {
  let message: string | null = null;
  try {
    for await (const event of await host.client.system.watch(undefined, { signal })) {
      if (event.type !== "model-job" || event.job.id !== jobId) continue;
      const { job } = event;
      if (job.message !== null && job.message !== message && job.phase !== "failed") {
        message = job.message;
        terminal.note(message);
      }
      terminal.line.show(`${job.id} ${job.phase}`, progressText(job));
    }
  } catch {
    // Only the showing of progress ends here; the job's own end is what counts.
  }
}

function progressText(job: ModelJob): string {
  const parts = [`${job.source}: ${job.phase}`];
  if (job.phase === "downloading" && job.total > 0) {
    parts.push(`${(job.done / 1e6).toFixed(0)} of ${(job.total / 1e6).toFixed(0)} MB`);
  } else if (job.total > 0) parts.push(`${job.done} of ${job.total} tensors`);
  if (job.bytesPerSecond !== null) parts.push(`${(job.bytesPerSecond / 1e6).toFixed(1)} MB/s`);
  if (job.secondsLeft !== null) parts.push(`${duration(job.secondsLeft * 1000)} left`);
  return parts.join(" · ");
}
