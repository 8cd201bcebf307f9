/** The keys of a command, shown on the control that does the same. */
import type { ReactNode } from "react";
import { useKeysToShow } from "#renderer/navigation/command-registry.ts";
import { keyCaps } from "#renderer/navigation/shortcuts.ts";

/** @param keys the built-in keys; where the person gave the command others, those are shown. */
export function KeyCaps({ keys }: { readonly keys: string }): ReactNode {
  const shown = useKeysToShow(keys);
  return shown === undefined ? null : <Caps keys={shown} />;
}

/** Keys as they are given. */
export function Caps({ keys }: { readonly keys: string }): ReactNode {
  return (
    <span className="keys" aria-hidden="true">
      {keyCaps(keys).map((cap, index) => (
        // The caps of one command never change order.
        <kbd key={`${cap}-${String(index)}`}>{cap}</kbd>
      ))}
    </span>
  );
}
