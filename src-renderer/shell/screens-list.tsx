/** The list of screens, with what is at work at its foot. */
import { Fragment } from "react";
import type { ReactNode } from "react";
import { useActiveRun } from "#renderer/bridge/live-store.ts";
import { formatPercent } from "#renderer/ui/format.ts";
import { Meter } from "#renderer/ui/pipelines/progress-line.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { LISTED_SCREENS } from "./screens.tsx";
import type { ScreenId } from "./screens.tsx";
import { doneText, shareDone, timeLeftText } from "#renderer/ui/pipelines/progress-text.ts";

function ActiveRun(): ReactNode {
  const run = useActiveRun();
  const now = useNow();
  if (run === undefined) return null;
  const share = shareDone(run);
  return (
    <a className="navrun" href={hrefTo(["run", run.id])}>
      <span className="visually-hidden">At work:</span>
      <div className="flex">
        <i className="dot live" />
        <span className="med ell">{run.stageName}</span>
        <span className="t3 end">{share === undefined ? "" : `${formatPercent(share, 0)}%`}</span>
      </div>
      <div style={{ margin: "8px 0 6px" }}>
        <Meter share={share} live label="Progress of the stage" />
      </div>
      <div className="t3">{doneText(run)}</div>
      <div className="t3">{timeLeftText(run, now)}</div>
    </a>
  );
}

export function ScreensList({ listed }: { readonly listed: ScreenId | undefined }): ReactNode {
  const active = useActiveRun();
  return (
    <nav className="nav" aria-label="Screens">
      {LISTED_SCREENS.map((screen) => (
        <Fragment key={screen.id}>
          <a href={hrefTo(screen.path)} aria-current={screen.id === listed ? "page" : undefined}>
            {screen.title}
            {screen.id === "runs" && active !== undefined && <span>1 live</span>}
          </a>
          {screen.divided && <hr />}
        </Fragment>
      ))}
      <ActiveRun />
    </nav>
  );
}
