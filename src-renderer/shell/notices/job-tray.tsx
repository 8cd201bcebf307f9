/** What is at work and what waits, with progress and time left, and what was said lately. Opens above the status bar. */
import { useEffect, useRef } from "react";
import type { ReactNode } from "react";
import type { PipelineSummary } from "#shared/schema/run.ts";
import { host } from "#renderer/bridge/host.ts";
import { useActivePipelines } from "#renderer/bridge/live-store.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { formatUsd, formatWhen } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { currentRun, isPaused } from "#renderer/ui/pipelines/pipeline-facts.ts";
import { Meter } from "#renderer/ui/pipelines/progress-line.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { NOTICE_MARKS } from "./notice-stack.tsx";
import { clearNotices, useNotices } from "#renderer/navigation/notices.ts";
import "./notices.css";
import { doneText, shareDone, timeLeftText } from "#renderer/ui/pipelines/progress-text.ts";

/** Holds or continues what runs; takes what waits out of the queue. */
function act({ id: pipelineId, status }: PipelineSummary, paused: boolean): Promise<void> {
  if (status === "queued") return host.pipelines.stop({ pipelineId, mode: "keep" });
  return paused ? host.pipelines.continue({ pipelineId }) : host.pipelines.pause({ pipelineId });
}

function Job({
  pipeline,
  now,
  busy,
  onAct,
}: {
  readonly pipeline: PipelineSummary;
  readonly now: number;
  readonly busy: boolean;
  readonly onAct: (paused: boolean) => void;
}): ReactNode {
  const run = currentRun(pipeline);
  const waits = pipeline.status === "queued";
  const paused = isPaused(run);
  const word = waits ? "Take out" : paused ? "Continue" : "Pause";
  const share = run === undefined || waits ? undefined : shareDone(run);
  return (
    <li>
      <div className="flex">
        <a className="med ell" href={hrefTo(["pipeline", pipeline.id])}>
          {pipeline.name}
        </a>
        <span className="t3 end nowrap">
          {pipeline.costUsd === null ? "" : `${formatUsd(pipeline.costUsd)} so far`}
        </span>
        <button
          type="button"
          className="btn small"
          disabled={busy || pipeline.status === "stopping"}
          title={waits ? "Out of the queue; it can be resumed" : "At its next step, kept in memory"}
          onClick={() => onAct(paused)}
        >
          {pipeline.status === "stopping" ? "Stopping" : word}
        </button>
      </div>
      {run !== undefined && (
        <>
          {!waits && <Meter share={share} live label={`Progress of ${pipeline.name}`} />}
          <div className="t2">
            {waits
              ? "Waits for its turn"
              : `${run.stageName} · ${doneText(run)} · ${paused ? "paused" : timeLeftText(run, now)}`}
          </div>
        </>
      )}
    </li>
  );
}

export function JobTray({ onClose }: { readonly onClose: () => void }): ReactNode {
  const jobs = useActivePipelines();
  const notices = useNotices();
  const now = useNow();
  const acting = useAct();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.focus();
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      onClose();
    };
    window.addEventListener("keydown", listen, { capture: true });
    return () => {
      window.removeEventListener("keydown", listen, { capture: true });
      // Where a link of the tray was followed, the focus belongs to the new screen.
      if (before instanceof HTMLElement && document.activeElement === document.body) before.focus();
    };
  }, [onClose]);
  return (
    <section ref={panel} className="tray" role="dialog" aria-label="Jobs" tabIndex={-1}>
      <div className="head">
        <h2>Jobs</h2>
        <button type="button" className="btn small end" onClick={onClose}>
          Close <kbd aria-hidden="true">Esc</kbd>
        </button>
      </div>
      {acting.failure !== undefined && <FailureNotice failure={acting.failure} />}
      {jobs.length === 0 && <p className="t3">Nothing runs and nothing waits.</p>}
      <ul>
        {jobs.map((pipeline) => (
          <Job
            key={pipeline.id}
            pipeline={pipeline}
            now={now}
            busy={acting.busy}
            onAct={(paused) => void acting.run(() => act(pipeline, paused))}
          />
        ))}
      </ul>
      {notices.length > 0 && (
        <>
          <div className="head bt">
            <h2>Lately</h2>
            <button type="button" className="linkbtn end" onClick={clearNotices}>
              Clear
            </button>
          </div>
          <ul>
            {notices.map((notice) => (
              <li key={notice.id} className="said">
                <Glyph
                  name={NOTICE_MARKS[notice.tone].glyph}
                  className={NOTICE_MARKS[notice.tone].tone}
                  label={NOTICE_MARKS[notice.tone].word}
                />
                <div className="grow break">
                  {notice.href === undefined ? (
                    notice.title
                  ) : (
                    <a href={notice.href}>{notice.title}</a>
                  )}
                  {notice.detail !== undefined && <div className="t2">{notice.detail}</div>}
                </div>
                <span className="t3 nowrap">{formatWhen(notice.atMs, now)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
