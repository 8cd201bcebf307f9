/** The keys of a command, shown on the control that does the same. */
import type { ReactNode } from "react";
import { keyCaps } from "../app/shortcuts.ts";

export function KeyCaps({ keys }: { readonly keys: string }): ReactNode {
  return (
    <span className="keys" aria-hidden="true">
      {keyCaps(keys).map((cap, index) => (
        // The caps of one command never change order.
        <kbd key={`${cap}-${String(index)}`}>{cap}</kbd>
      ))}
    </span>
  );
}
