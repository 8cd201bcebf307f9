/** A question before something that loses work. Focus stands on the safe answer; Esc gives it too. */
import type { ReactNode } from "react";
import { Dialog } from "./dialog.tsx";
import { FailureNotice } from "./region-state.tsx";
import type { Failure } from "#renderer/bridge/failure.ts";

export interface ConfirmAct {
  /** The verb: "Stop and keep". */
  readonly label: string;
  readonly danger: boolean;
  readonly run: () => void;
}

export interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly title: string;
  readonly children: ReactNode;
  readonly acts: readonly ConfirmAct[];
  /** The safe answer: "Keep running". */
  readonly keep: string;
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  readonly onClose: () => void;
}

export function ConfirmDialog({
  opened,
  title,
  children,
  acts,
  keep,
  busy,
  failure,
  onClose,
}: ConfirmDialogProps): ReactNode {
  return (
    <Dialog opened={opened} onClose={onClose} label={title} headed size={480}>
      <div className="t2">{children}</div>
      {failure !== undefined && <FailureNotice failure={failure} />}
      <div className="flex" style={{ marginTop: 20, justifyContent: "flex-end" }}>
        {acts.map((act) => (
          <button
            key={act.label}
            type="button"
            className={act.danger ? "btn danger" : "btn"}
            disabled={busy}
            onClick={act.run}
          >
            {act.label}
          </button>
        ))}
        <button type="button" className="btn" data-autofocus onClick={onClose}>
          {keep}
        </button>
      </div>
    </Dialog>
  );
}
