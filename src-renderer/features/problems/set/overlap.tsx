/** What a set has in common with other sets and with what tasks hold out: looked for when asked, since it takes seconds. */
import { useState } from "react";
import type { ReactNode } from "react";
import { hrefTo } from "#renderer/navigation/location.ts";
import { host } from "#renderer/bridge/host.ts";
import { useAct } from "#renderer/bridge/use-act.ts";
import { formatNumber, plural } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { FailureNotice } from "#renderer/ui/region-state.tsx";
import type { SetPlace } from "./set-place.ts";

type Found = Awaited<ReturnType<typeof host.problems.overlap>>;

function Said({ found }: { readonly found: Found }): ReactNode {
  const { sets, heldOut } = found;
  const shared = sets.filter(({ same, near }) => same + near > 0);
  return (
    <ul className="s12" role="status">
      {shared.map(({ set, same, near }) => (
        <li key={set}>
          <Glyph name="warn" className="warn" label="overlap" />{" "}
          <a className="link" href={hrefTo(["problems", set])}>
            {set}
          </a>
          : {formatNumber(same)} the same, {formatNumber(near)} nearly
        </li>
      ))}
      {shared.length === 0 && <li className="t2">No other set has one of these problems.</li>}
      <li className={heldOut.problems > 0 ? "warn" : "t2"}>
        {heldOut.problems > 0
          ? `${plural(heldOut.problems, "problem is", "problems are")} held out by a task`
          : "No task holds one of them out for its benchmarks."}
      </li>
    </ul>
  );
}

export function Overlap({ place }: { readonly place: SetPlace }): ReactNode {
  const { name: set, version } = place;
  const [found, setFound] = useState<Found>();
  const act = useAct();
  const look = (): void => {
    void act.run(async () => setFound(await host.problems.overlap({ set, version })));
  };
  return (
    <section className="ppart" aria-label="Overlap">
      <h3>Overlap with other sets and tasks</h3>
      {found === undefined ? (
        <button type="button" className="btn small" disabled={act.busy} onClick={look}>
          {act.busy ? "Comparing every problem" : "Compare"}
        </button>
      ) : (
        <Said found={found} />
      )}
      {act.failure !== undefined && <FailureNotice failure={act.failure} />}
    </section>
  );
}
