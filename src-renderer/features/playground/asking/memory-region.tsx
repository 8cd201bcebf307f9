/** Models that are in memory now, each with a button that unloads it. */
import type { ReactNode } from "react";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { useQuery } from "#renderer/bridge/use-query.ts";
import { formatBytes } from "#renderer/ui/format.ts";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import { heldQuery } from "../playground-queries.ts";

const ASK_EVERY_MS = 3000;

export function MemoryRegion(): ReactNode {
  const query = useQuery(heldQuery, { everyMs: ASK_EVERY_MS });
  const act = useAct();
  if (query.data === undefined || query.data.length === 0) return null;
  const unload = async (path: string): Promise<void> => {
    if (await act.run(() => host.playground.unload({ path }))) query.refresh();
  };
  return (
    <section aria-label="In memory" className="bb">
      <div className="head">
        <h2>In memory</h2>
        <span className="note ell">put out after ten idle minutes</span>
      </div>
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
      <ul className="held">
        {query.data.map(({ path, state, rssBytes }) => (
          <li key={path} className="flex">
            <span className="ell grow mono" title={path}>
              {path.split(/[\\/]/u).findLast((part) => part !== "")}
            </span>
            <span className="s11 t3 nowrap">
              {state === "loading" ? "loading" : formatBytes(rssBytes)}
            </span>
            <button
              type="button"
              className="btn quiet small"
              disabled={act.busy}
              onClick={() => void unload(path)}
            >
              Unload<span className="visually-hidden"> {path}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
