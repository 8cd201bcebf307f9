/** The stages of a pipeline in order, each with its state and score, and the results at the end. */
import type { ReactNode } from "react";
import type { PipelineId, RunId, RunSummary } from "#shared/schema/run.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { formatInterval, formatPercent } from "../format.ts";
import { shortName, stageText } from "./pipeline-facts.ts";
import { StatusMark, statusWord } from "./run-status.tsx";
import { shareDone } from "./progress-text.ts";

function factOf(run: RunSummary): string {
  if (run.score !== null)
    return `${formatPercent(run.score.value)} ${formatInterval(run.score.low, run.score.high)}`;
  if (run.status === "running") {
    const share = shareDone(run);
    return share === undefined ? "starting" : `${formatPercent(share, 0)}%`;
  }
  return run.status === "finished" ? "" : statusWord(run.status);
}

/** A benchmark is a chip with what it measured and its score. */
function StageLink({
  run,
  shown,
}: {
  readonly run: RunSummary;
  readonly shown: boolean;
}): ReactNode {
  const scored = run.kind === "benchmark" && run.score !== null;
  return (
    <a
      href={hrefTo(["run", run.id])}
      className={scored ? "scorechip" : undefined}
      aria-current={shown ? "page" : undefined}
      title={`${run.stageName}: ${statusWord(run.status)}`}
      ref={
        shown
          ? (element) => element?.scrollIntoView({ block: "nearest", inline: "nearest" })
          : undefined
      }
    >
      {scored ? (
        <>
          <span className="s11 t2">{shortName(run)}</span>
          <span className="s11 t2 num">{factOf(run)}</span>
        </>
      ) : (
        <>
          <StatusMark status={run.status} />
          <span className="visually-hidden">{statusWord(run.status)}: </span>
          <span className={run.status === "queued" ? "t2" : "med"}>{stageText(run)}</span>
          <span className="s11 t3 nowrap">{run.status === "queued" ? "" : factOf(run)}</span>
        </>
      )}
    </a>
  );
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
        <StageLink key={run.id} run={run} shown={run.id === shown} />
      ))}
    </nav>
  );
}
