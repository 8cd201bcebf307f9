/** The state of a run or pipeline: always a mark and a word. */
import type { ReactNode } from "react";
import type { RunStatus } from "#shared/schema/run.ts";
import { Glyph } from "../glyph.tsx";

const WORDS: Readonly<Record<RunStatus, string>> = {
  queued: "waits",
  running: "running",
  stopping: "stopping",
  stopped: "stopped",
  finished: "finished",
  failed: "failed",
  cancelled: "cancelled",
};

const TONES: Readonly<Record<RunStatus, string>> = {
  queued: "t3",
  running: "acc",
  stopping: "warn",
  stopped: "warn",
  finished: "t2",
  failed: "fail",
  cancelled: "t3",
};

export function statusWord(status: RunStatus): string {
  return WORDS[status];
}

/** The mark alone; the word must stand beside it. */
export function StatusMark({ status }: { readonly status: RunStatus }): ReactNode {
  switch (status) {
    case "running":
      return <i className="dot live markbox" />;
    case "finished":
      return <Glyph name="check" className="pass" />;
    case "failed":
      return <Glyph name="cross" className="fail" />;
    case "stopped":
      return <Glyph name="pause" className="warn" />;
    case "stopping":
      return <Glyph name="pause" className="t3" />;
    case "cancelled":
      return <Glyph name="dash" className="t3" />;
    case "queued":
      return <i className="dot hollow markbox" />;
    default:
      return null;
  }
}

export function StatusWord({
  status,
  paused = false,
}: {
  readonly status: RunStatus;
  /** At work, and kept waiting in memory. */
  readonly paused?: boolean;
}): ReactNode {
  if (paused && status === "running")
    return (
      <span className="flex s12" style={{ gap: 6 }}>
        <Glyph name="pause" className="warn" />
        <span className="warn">paused</span>
      </span>
    );
  return (
    <span className="flex s12" style={{ gap: 6 }}>
      <StatusMark status={status} />
      <span className={TONES[status]}>{WORDS[status]}</span>
    </span>
  );
}
