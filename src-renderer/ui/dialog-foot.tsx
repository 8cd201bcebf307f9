/** The end of a dialog's form: why the last try failed, the way out, and the act itself. */
import type { ReactNode } from "react";
import type { Act } from "#renderer/bridge/use-act.ts";
import "./form-rows.css";
import { FailureNotice } from "./region-state.tsx";

export interface DialogFootProps {
  /** What the form does, where the form does it itself. */
  readonly act?: Act;
  readonly note?: string;
  readonly onClose: () => void;
  /** What closing does, where that is more. */
  readonly closing?: string;
  /** The button that acts. */
  readonly children: ReactNode;
}

export function DialogFoot({
  act,
  note,
  onClose,
  closing = "Close",
  children,
}: DialogFootProps): ReactNode {
  return (
    <>
      {act?.failure !== undefined && <FailureNotice failure={act.failure} />}
      <div className="flex dialogacts">
        {note !== undefined && <span className="grow s12 t3">{note}</span>}
        <button type="button" className="btn" onClick={onClose}>
          {closing}
        </button>
        {children}
      </div>
    </>
  );
}
