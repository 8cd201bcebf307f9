/** Turns what the host tells of pipelines and alarms into notices, in the window and, where asked for, in the system. */
import { useEffect } from "react";
import type { SystemLiveEvent } from "#shared/schema/live.ts";
import type { PipelineSummary } from "#shared/schema/run.ts";
import { onHostEvent } from "#renderer/bridge/follow-host.ts";
import { runNow } from "#renderer/bridge/live-store.ts";
import { formatInterval, formatPercent } from "#renderer/ui/format.ts";
import { lastScored } from "#renderer/ui/pipelines/pipeline-facts.ts";
import { hrefTo, navigate } from "#renderer/navigation/location.ts";
import { notify } from "#renderer/navigation/notices.ts";
import type { Notice } from "#renderer/navigation/notices.ts";
import { systemNoticesOn } from "#renderer/navigation/system-notices.ts";

type Said = Omit<Notice, "id" | "atMs" | "fresh">;

/** What an ended pipeline says; undefined where a person ended it and knows. */
export function endNotice(pipeline: PipelineSummary): Said | undefined {
  const href = hrefTo(["pipeline", pipeline.id]);
  if (pipeline.status === "finished") {
    const scored = lastScored(pipeline);
    const detail =
      scored === undefined
        ? undefined
        : `${scored.stageName}: ${formatPercent(scored.score.value)}% ${formatInterval(scored.score.low, scored.score.high)}`;
    return { tone: "done", title: `${pipeline.name} finished`, detail, href };
  }
  if (pipeline.status !== "failed") return undefined;
  const failed = pipeline.runs.find((run) => run.status === "failed");
  return {
    tone: "failed",
    title: `${pipeline.name} failed${failed === undefined ? "" : ` in ${failed.stageName}`}`,
    detail: failed?.statusReason?.message,
    href,
  };
}

/** `before` is what the window knew of the pipeline until now: a pipeline that was never seen at work is no news. */
export function noticeOf(
  event: SystemLiveEvent,
  before: PipelineSummary | undefined,
): Said | undefined {
  if (event.type === "pipeline") {
    if (before === undefined || before.status === event.pipeline.status) return undefined;
    return endNotice(event.pipeline);
  }
  if (event.type !== "alarm" || event.alarm.level === "info") return undefined;
  const run = runNow(event.alarm.runId);
  return {
    tone: event.alarm.level === "error" ? "failed" : "warning",
    title: run === undefined ? "Alarm" : `${run.pipelineName} / ${run.stageName}`,
    detail: `Step ${String(event.alarm.step)}: ${event.alarm.message}`,
    href: hrefTo(["run", event.alarm.runId]),
  };
}

function tellSystem(said: Said): void {
  if (!systemNoticesOn() || document.hasFocus()) return;
  const note = new Notification(said.title, {
    ...(said.detail === undefined ? {} : { body: said.detail }),
    ...(said.href === undefined ? {} : { tag: said.href }),
  });
  note.addEventListener("click", () => {
    window.focus();
    if (said.href !== undefined) navigate(said.href);
  });
}

/** For as long as the shell is shown. */
export function useRunNotices(): void {
  useEffect(
    () =>
      onHostEvent((event, before) => {
        const said = noticeOf(event, before);
        if (said === undefined) return;
        notify(said);
        tellSystem(said);
      }),
    [],
  );
}
