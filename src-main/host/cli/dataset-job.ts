/** Follows work on a dataset from the terminal until it ends; Ctrl+C cancels it. */
import { counted } from "#shared/counted.ts";
import { costText } from "#shared/usd-text.ts";
import { setTimeout } from "node:timers/promises";
import { AppError } from "#shared/errors.ts";
import type { DatasetJob } from "#shared/schema/dataset.ts";
import type { Client } from "./open-host.ts";
import { Cancelled } from "./printing/terminal.ts";
import type { Terminal } from "./printing/terminal.ts";

const LOOK_EVERY_MS = 100;
const BAD_ROWS_SHOWN = 20;

/** Resolves with the finished job. Throws AppError where it failed, Cancelled where the user ended it. */
export async function followJob(
  client: Client,
  started: DatasetJob,
  terminal: Terminal,
): Promise<DatasetJob> {
  let cancelled = false;
  const onInterrupt = (): void => {
    cancelled = true;
  };
  process.on("SIGINT", onInterrupt);
  process.on("SIGTERM", onInterrupt);
  try {
    let job = started;
    while (job.state === "running") {
      if (cancelled) await client.datasets.jobs.cancel({ jobId: job.id });
      await setTimeout(LOOK_EVERY_MS);
      job = await client.datasets.jobs.get({ jobId: job.id });
      terminal.line.show(`${job.id} ${job.phase}`, progressText(job));
    }
    terminal.line.clear();
    if (job.bad > 0) await tellBadRows(client, job, terminal);
    if (job.state === "cancelled") throw new Cancelled();
    if (job.error !== null) {
      throw new AppError("BAD_INPUT", job.error.message, job.error.advice ?? undefined);
    }
    return job;
  } finally {
    process.off("SIGINT", onInterrupt);
    process.off("SIGTERM", onInterrupt);
  }
}

async function tellBadRows(client: Client, job: DatasetJob, terminal: Terminal): Promise<void> {
  if (job.kind !== "import") return;
  const { total, rows } = await client.datasets.imports.badRows({
    jobId: job.id,
    limit: BAD_ROWS_SHOWN,
  });
  for (const { line, reason } of rows) terminal.note(`row ${line}: ${reason}`);
  if (total > rows.length) terminal.note(`… and ${total - rows.length} more`);
}

function progressText(job: DatasetJob): string {
  const share =
    job.total === null || job.total === 0 ? "" : ` ${Math.floor((100 * job.done) / job.total)}%`;
  const counts = [
    ...(job.added > 0 ? [counted(job.added, "record")] : []),
    ...(job.bad > 0 ? [`${job.bad} bad`] : []),
    ...(job.sampled > 0 ? [`${job.accepted} of ${job.sampled} accepted`] : []),
    ...(job.sampled === 0 ? [] : [costText(job.costUsd, job.unpricedTokens)]),
  ];
  return [`${job.title}: ${job.phase}${share}`, ...counts].join(" · ");
}
