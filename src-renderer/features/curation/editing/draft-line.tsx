/** A draft of the record that is not saved: to go on with, or to throw away. */
import type { ReactNode } from "react";
import { formatWhen } from "#renderer/ui/format.ts";
import { Glyph } from "#renderer/ui/glyph.tsx";
import { useNow } from "#renderer/ui/use-now.ts";
import type { Draft } from "./drafts.ts";

export interface DraftLineProps {
  readonly draft: Draft;
  readonly onEdit: () => void;
  readonly onDrop: () => void;
}

export function DraftLine({ draft, onEdit, onDrop }: DraftLineProps): ReactNode {
  const now = useNow(60_000);
  return (
    <div className="notice warn" role="status">
      <Glyph name="warn" className="warn" />
      <span className="grow">
        A draft from {formatWhen(draft.atMs, now)} is not saved.{" "}
        <button type="button" className="linkbtn" onClick={onEdit}>
          Go on with it
        </button>
      </span>
      <button type="button" className="linkbtn" onClick={onDrop}>
        Throw it away
      </button>
    </div>
  );
}
