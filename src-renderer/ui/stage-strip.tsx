/** The stages of a launch in order, each with its state and score, and the results at the end. */
import type { ReactNode } from "react";
import type { PipelineId, RunId, RunSummary } from "#shared/schema/run.ts";
import { hrefTo } from "../app/location.ts";
import { formatInterval, formatPercent } from "./format.ts";
import { shareDone } from "./progress-line.tsx";
import { StatusMark, statusWord } from "./run-status.tsx";

function factOf(run: RunSummary): string {
  if (run.score !== null)
    return `${formatPercent(run.score.value)} ${formatInterval(run.score.low, run.score.high)}`;
  if (run.status === "running") {
    const share = shareDone(run);
    return share === undefined ? "starting" : `${formatPercent(share, 0)}%`;
  }
  return run.status === "finished" ? "" : statusWord(run.status);
}

export interface StageStripProps {
  readonly pipelineId: PipelineId;
  readonly runs: readonly RunSummary[];
  /** The stage that is shown; undefined on the results. */
  readonly shown: RunId | undefined;
}

export function StageStrip({ pipelineId, runs, shown }: StageStripProps): ReactNode {
  return (
    <nav className="stagestrip" aria-label="Stages">
      <a
        href={hrefTo(["pipeline", pipelineId])}
        aria-current={shown === undefined ? "page" : undefined}
      >
        <span className="med">Results</span>
      </a>
      {runs.map((run) => (
        <a
          key={run.id}
          href={hrefTo(["run", run.id])}
          aria-current={run.id === shown ? "page" : undefined}
          ref={
            run.id === shown
              ? (element) => element?.scrollIntoView({ block: "nearest", inline: "nearest" })
              : undefined
          }
        >
          <StatusMark status={run.status} />
          <span className="visually-hidden">{statusWord(run.status)}: </span>
          <span className={run.status === "queued" ? "t2" : "med"}>{run.stageName}</span>
          <span className="s11 t3 nowrap">{factOf(run)}</span>
        </a>
      ))}
    </nav>
  );
}
