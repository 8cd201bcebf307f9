/** What can be decided while a record is read. */
import type { ReactNode } from "react";
import type { DatasetRecord } from "#shared/schema/dataset.ts";
import { formatNumber } from "#renderer/ui/format.ts";
import { KeyCaps } from "#renderer/ui/key-caps.tsx";
import { useReview } from "../review/review-value.ts";

export function ReadingBar({ record }: { readonly record: DatasetRecord }): ReactNode {
  const { reading, selection, decisions, editing, dialogs, undoLabel } = useReview();
  const { decide } = decisions;
  const many = selection.ids.size > 0 ? ` ${formatNumber(selection.ids.size)}` : "";
  const edited = record.revision > 0 && selection.ids.size === 0 ? " edited" : "";
  return (
    <div className="actbar">
      <button type="button" className="btn primary" onClick={() => decide("accepted")}>
        Accept{many}
        {edited} <KeyCaps keys="A" />
      </button>
      <button type="button" className="btn" onClick={() => decide("rejected")}>
        Reject{many} <KeyCaps keys="R" />
      </button>
      <button type="button" className="btn" onClick={() => decide("flagged")}>
        Flag{many} <KeyCaps keys="F" />
      </button>
      <button type="button" className="btn" onClick={editing.begin}>
        Edit <KeyCaps keys="E" />
      </button>
      {record.revision > 0 && (
        <button type="button" className="btn" onClick={decisions.restoreOriginal}>
          Restore <KeyCaps keys="O" />
        </button>
      )}
      <button type="button" className="btn quiet" onClick={reading.skip}>
        Skip <KeyCaps keys="S" />
      </button>
      <button type="button" className="btn quiet" onClick={() => dialogs.open("bulk")}>
        Change many… <KeyCaps keys="B" />
      </button>
      {undoLabel !== undefined && (
        <span className="end flex s12 t3 undohint">
          <span className="ell">Undo: {undoLabel}</span> <KeyCaps keys="Mod+Z" />
        </span>
      )}
    </div>
  );
}
