/** Says that the host is not heard, since when, and what happens next. */
import type { ReactNode } from "react";
import { useStore } from "zustand";
import type { Connection } from "#renderer/bridge/connection.ts";
import { formatDuration } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { useNow } from "#renderer/ui/use-now.ts";

function Lost({ since }: { readonly since: number | undefined }): ReactNode {
  const now = useNow();
  return (
    <div className="notice warn" role="status">
      <Glyph name="warn" className="warn" />
      <span>
        <span className="med">
          The host is not heard
          {since === undefined ? "" : `, last ${formatDuration(now - since)} ago`}.
        </span>{" "}
        <span className="t2">
          What you see may be old. This window tries again by itself; runs go on without it. If the
          host was closed, start it again with the same workspace.
        </span>
      </span>
    </div>
  );
}

export function ConnectionNotice({ store }: Pick<Connection, "store">): ReactNode {
  const { state, lostAtMs } = useStore(store);
  if (state === "open" || state === "connecting") return null;
  if (state === "lost") return <Lost since={lostAtMs} />;
  return (
    <div className="notice fail" role="alert">
      <Glyph name="cross" className="fail" />
      <span>
        <span className="med">The host refused this window.</span>{" "}
        <span className="t2">
          Its token is missing or old. Open the address that the host printed when it started.
        </span>
      </span>
    </div>
  );
}
