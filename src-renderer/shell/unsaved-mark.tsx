/** In the status bar: whether everything is with the host. */
import type { ReactNode } from "react";
import { useWaiting } from "#renderer/bridge/records/use-records.ts";
import { plural } from "#renderer/ui/format.ts";

export function UnsavedMark(): ReactNode {
  const waiting = useWaiting();
  const refused = waiting.filter(({ failure }) => failure !== undefined);
  if (refused.length > 0)
    return (
      <span className="fail" title={refused.map(({ failure }) => failure?.message).join("\n")}>
        {plural(refused.length, "change")} refused
      </span>
    );
  return waiting.length === 0 ? (
    <span>Saved</span>
  ) : (
    <span className="warn">{plural(waiting.length, "change")} not saved yet</span>
  );
}
