/** How many records are chosen, and what can be done with them. */
import type { ReactNode } from "react";
import { plural } from "#renderer/ui/format.ts";
import { useReview } from "../review/review-value.ts";

export function SelectionLine(): ReactNode {
  const { selection, dialogs } = useReview();
  return (
    <div className="flex s12 selection">
      <span className="med">{plural(selection.ids.size, "record")} chosen</span>
      <span className="end flex">
        <button type="button" className="linkbtn" onClick={() => dialogs.open("bulk")}>
          Change…
        </button>
        <button type="button" className="linkbtn" onClick={selection.clear}>
          Clear
        </button>
      </span>
    </div>
  );
}
