/** Many runs' lines of one metric in one chart: which learnt faster, which broke, and where. */
import { useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { useTellCrumbs } from "#renderer/navigation/crumbs.ts";
import { hrefTo } from "#renderer/navigation/location.ts";
import { Crosshair, CrosshairContext } from "#renderer/charts/crosshair.tsx";
import { Empty, FailureNotice } from "#renderer/ui/region-state.tsx";
import { OverlayChart } from "./overlay-chart.tsx";
import { OverlayHead } from "./overlay-head.tsx";
import { OverlayList } from "./overlay-list.tsx";
import { useOverlayCommands } from "./use-overlay-commands.ts";
import { useOverlayLines } from "./use-overlay-lines.ts";
import { useOverlayView } from "./use-overlay-view.ts";
import "./overlay.css";

function NoRuns(): ReactNode {
  return (
    <>
      <div className="screenhead">
        <h1>Overlay</h1>
      </div>
      <Empty
        action={
          <a className="btn" href={hrefTo(["runs"])}>
            Go to Runs
          </a>
        }
      >
        No run is chosen. Pick runs in the list with P, then Overlay.
      </Empty>
    </>
  );
}

function Overlay(): ReactNode {
  const view = useOverlayView();
  const lines = useOverlayLines(view);
  useOverlayCommands(view);
  if (view.ids.length === 0) return <NoRuns />;
  return (
    <>
      <OverlayHead view={view} lines={lines} />
      {lines.failures.map(({ of, failure }) => (
        <FailureNotice key={of} failure={failure} />
      ))}
      <div className="cols overlaycols">
        <OverlayChart view={view} lines={lines} />
        <aside className="region" aria-label="Runs">
          <OverlayList
            rows={lines.rows}
            format={lines.spec?.format ?? String}
            unit={view.unit}
            strong={view.strong}
            onStrong={view.setStrong}
            onRemove={view.remove}
          />
        </aside>
      </div>
    </>
  );
}

export function OverlayScreen(): ReactNode {
  const [crosshair] = useState(() => new Crosshair());
  useEffect(() => () => crosshair.pin(undefined), [crosshair]);
  useTellCrumbs(
    useMemo(() => [{ label: "Runs", href: hrefTo(["runs"]) }, { label: "Overlay" }], []),
  );
  return (
    <CrosshairContext value={crosshair}>
      <Overlay />
    </CrosshairContext>
  );
}
